/* SPDX-License-Identifier: Apache-2.0 */
/* How an importer plugin and Rheo talk: one versioned table of C functions. A plugin is a shared object that links no
 * Rheo library; it exports `rheo_import_v2`, which reads a model file and describes it through the table.
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

#define RHEO_PLUGIN_ABI_VERSION 2u
#define RHEO_IMPORT_SYMBOL "rheo_import_v2"
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

/* What an operator is given. */
enum {
  RHEO_ARGUMENT_NONE = 0,
  RHEO_ARGUMENT_BOOL = 1,
  RHEO_ARGUMENT_INTEGER = 2,
  RHEO_ARGUMENT_REAL = 3,
  RHEO_ARGUMENT_TEXT = 4,
  RHEO_ARGUMENT_VALUE = 5,
  RHEO_ARGUMENT_LIST = 6,
  RHEO_ARGUMENT_BATCH = 7 /* the size of the open batch, a whole number */
};

enum { RHEO_LOG_VERBOSE = 0, RHEO_LOG_INFO = 1, RHEO_LOG_WARNING = 2, RHEO_LOG_ERROR = 3 };

#define RHEO_PLUGIN_MAX_RANK 8u

/* Element type and shape of a value; -1 is a dimension known at run time only (the batch). */
typedef struct RheoType {
  uint32_t dtype;
  uint32_t rank;
  int64_t dims[RHEO_PLUGIN_MAX_RANK];
} RheoType;

/* One argument of an operator; `kind` says which field counts. Element types are texts ("f32"). */
typedef struct RheoArgument {
  const char* name; /* as the operator's schema has it; not looked at inside of a list */
  uint32_t kind;
  int64_t integer; /* also of a bool */
  double real;
  const char* text;
  uint32_t value;
  const struct RheoArgument* items;
  size_t item_count;
} RheoArgument;

/* An operator is named as torch.export names it, namespace, name and overload: "aten.add.Tensor". Which there are, and
 * what they mean, says load/aten/lowerings.h. A value is a number that an add_ call wrote. Every function answers 0, or
 * non-zero when the host refused; the plugin then returns non-zero at once, the host has kept the reason. */
typedef struct RheoImportHost {
  uint32_t size;    /* bytes of this table */
  uint32_t version; /* RHEO_PLUGIN_ABI_VERSION of the host */
  void* host;       /* first argument of every function */

  /* A model input; stored data become values by value = stored * scale + offset. */
  int (*add_input)(void* host, const char* name, const RheoType* type, double scale, double offset, uint32_t* value);
  /* Dense row-major elements, copied during the call; `size_bytes` must equal what `type` says. */
  int (*add_constant)(void* host, const char* name, const RheoType* type, const void* data, size_t size_bytes,
                      uint32_t* value);
  /* `source`: where the operator stands in the model's own text, "model.py:41"; may be empty. `values`: one for each
   * result; RHEO_NO_VALUE going in for one that nobody reads, and coming out where an operator before is one that Rheo
   * lacks: the host lists all of those when the plugin is done. */
  int (*add_operator)(void* host, const char* target, const RheoArgument* arguments, size_t argument_count,
                      const char* name, const char* source, uint32_t* values, size_t value_count);
  /* In order, cheapest first; the last one is the reference answer. */
  int (*add_exit)(void* host, const char* name, uint32_t value);
  int (*set_labels)(void* host, const char* const* labels, size_t count);
  /* The type that was given or inferred. */
  int (*type_of)(void* host, uint32_t value, RheoType* type);
  void (*log)(void* host, uint32_t severity, const char* message);
  /* Why the import failed: whole sentences. The first reason counts. */
  void (*fail)(void* host, uint32_t code, const char* message);
  /* What the model gives out besides its answer, in any type and shape. */
  int (*add_output)(void* host, const char* name, uint32_t value);
  /* A whole number or truth that the model computes from sizes alone, the same for every batch. */
  int (*known_number)(void* host, uint32_t value, int64_t* number);
} RheoImportHost;

/* The entry point. 0: the model was described completely. Otherwise `fail` was called, or the host refused a call. */
typedef int (*RheoImportFunction)(const RheoImportHost* host, const char* file);

#ifdef __cplusplus
}
#endif

/* NOLINTEND(modernize-deprecated-headers, modernize-use-using) */

#endif
