/* SPDX-License-Identifier: Apache-2.0 */
/* How an importer plugin and Rheo talk: one versioned table of C functions. A plugin is a shared object that links no
 * Rheo library; it exports `rheo_import_v1`, which reads a model file and describes it through the table.
 *
 * Rules: no C++ type, exception or run-time type information crosses. Every pointer lives only as long as the call it
 * is passed to, both ways. All strings are UTF-8 and end in NUL. The table is used on the calling thread only.
 * Later versions append to the table; `size` tells how much of it there is. */
#ifndef RHEO_PLUGIN_ABI_H
#define RHEO_PLUGIN_ABI_H

/* NOLINTBEGIN(modernize-deprecated-headers, modernize-use-using): this is C */
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RHEO_PLUGIN_ABI_VERSION 1u
#define RHEO_IMPORT_SYMBOL "rheo_import_v1"
#define RHEO_NO_VALUE 0xffffffffu /* an absent optional input of a node */

/* What a failed call says of itself. 0 is success. */
enum {
  RHEO_PLUGIN_OK = 0,
  RHEO_PLUGIN_BAD_FORMAT = 1,  /* the file is no model of this format, or is broken */
  RHEO_PLUGIN_UNSUPPORTED = 2, /* the model asks for something Rheo lacks */
  RHEO_PLUGIN_IO_ERROR = 3,
  RHEO_PLUGIN_INTERNAL = 4 /* a defect of the plugin */
};

/* Element types. */
enum { RHEO_F32 = 0, RHEO_BF16 = 1, RHEO_F16 = 2, RHEO_I8 = 3, RHEO_U8 = 4, RHEO_I32 = 5, RHEO_I64 = 6, RHEO_BOOL = 7 };

enum { RHEO_ATTRIBUTE_INTEGER = 0, RHEO_ATTRIBUTE_REAL = 1, RHEO_ATTRIBUTE_TEXT = 2, RHEO_ATTRIBUTE_INTEGERS = 3 };

enum { RHEO_LOG_VERBOSE = 0, RHEO_LOG_INFO = 1, RHEO_LOG_WARNING = 2, RHEO_LOG_ERROR = 3 };

#define RHEO_PLUGIN_MAX_RANK 8u

/* Element type and shape of a value; -1 is a dimension known at run time only (the batch). */
typedef struct RheoType {
  uint32_t dtype;
  uint32_t rank;
  int64_t dims[RHEO_PLUGIN_MAX_RANK];
} RheoType;

/* One named setting; `kind` says which field counts. */
typedef struct RheoAttribute {
  const char* name;
  uint32_t kind;
  int64_t integer;
  double real;
  const char* text;
  const int64_t* integers;
  size_t integer_count;
} RheoAttribute;

/* Names of ops and attributes are those of op/op.h ("conv2d", "strides"). A value is a number that an add_ call wrote.
 * Every function answers 0, or non-zero when the host refused; the plugin then returns non-zero at once, the host has
 * kept the reason. */
typedef struct RheoImportHost {
  uint32_t size;    /* bytes of this table */
  uint32_t version; /* RHEO_PLUGIN_ABI_VERSION of the host */
  void* host;       /* first argument of every function */

  /* A model input; stored data become values by value = stored * scale + offset. */
  int (*add_input)(void* host, const char* name, const RheoType* type, double scale, double offset, uint32_t* value);
  /* Dense row-major elements, copied during the call; `size_bytes` must equal what `type` says. */
  int (*add_constant)(void* host, const char* name, const RheoType* type, const void* data, size_t size_bytes,
                      uint32_t* value);
  /* `source`: where the op stands in the model's own text, "model.py:41"; may be empty. */
  int (*add_node)(void* host, const char* op, const uint32_t* inputs, size_t input_count,
                  const RheoAttribute* attributes, size_t attribute_count, const char* name, const char* source,
                  uint32_t* value);
  /* In order, cheapest first; the last one is the reference answer. */
  int (*add_exit)(void* host, const char* name, uint32_t value);
  int (*set_labels)(void* host, const char* const* labels, size_t count);
  /* The type that was given or inferred. */
  int (*type_of)(void* host, uint32_t value, RheoType* type);
  void (*log)(void* host, uint32_t severity, const char* message);
  /* Why the import failed: whole sentences. The first reason counts. */
  void (*fail)(void* host, uint32_t code, const char* message);
  /* What the model gives out besides its answer, in any type and shape. Since this is an addition, a plugin asks first
   * whether `size` reaches it: offsetof(RheoImportHost, add_output) < size. */
  int (*add_output)(void* host, const char* name, uint32_t value);
} RheoImportHost;

/* The entry point. 0: the model was described completely. Otherwise `fail` was called, or the host refused a call. */
typedef int (*RheoImportFunction)(const RheoImportHost* host, const char* file);

#ifdef __cplusplus
}
#endif

/* NOLINTEND(modernize-deprecated-headers, modernize-use-using) */

#endif
