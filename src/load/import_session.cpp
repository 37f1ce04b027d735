// SPDX-License-Identifier: Apache-2.0
#include "load/import_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/try.h"
#include "load/json_value.h"
#include "load/limits.h"
#include "load/widened.h"

namespace rheo {
namespace {

Status broken(std::string what) { return Status(StatusCode::bad_format, std::move(what)); }

// What the builder refuses is the model's fault, not the caller's.
Status blame_model(const Status& status) {
  if (status.code() != StatusCode::invalid_argument) return status;
  return Status(StatusCode::unsupported, status.message());
}

StatusCode code_from(std::uint32_t code) {
  switch (code) {
    case RHEO_PLUGIN_BAD_FORMAT: return StatusCode::bad_format;
    case RHEO_PLUGIN_UNSUPPORTED: return StatusCode::unsupported;
    case RHEO_PLUGIN_IO_ERROR: return StatusCode::io_error;
    default: return StatusCode::internal;
  }
}

Result<TensorType> type_from(const RheoType* type) {
  if (type == nullptr || type->rank > Shape::kMaxRank || type->dtype > RHEO_BOOL) {
    return broken("The plugin gave an impossible type.");
  }
  // Both lists keep the same order.
  static_assert(static_cast<std::uint32_t>(DType::boolean) == RHEO_BOOL);
  static_assert(static_cast<std::uint32_t>(DType::u8) == RHEO_U8);
  return TensorType{static_cast<DType>(type->dtype), Shape(std::span(type->dims, type->rank)), {}};
}

Attributes attributes_from(const RheoAttribute* attributes, std::size_t count) {
  Attributes all;
  for (const RheoAttribute& attribute : std::span(attributes, count)) {
    switch (attribute.kind) {
      case RHEO_ATTRIBUTE_INTEGER: all.set(attribute.name, attribute.integer); break;
      case RHEO_ATTRIBUTE_REAL: all.set(attribute.name, attribute.real); break;
      case RHEO_ATTRIBUTE_TEXT: all.set(attribute.name, std::string(attribute.text)); break;
      default:
        all.set(attribute.name,
                std::vector<std::int64_t>(attribute.integers, attribute.integers + attribute.integer_count));
    }
  }
  return all;
}

bool is_16_bit_float(DType dtype) { return dtype == DType::f16 || dtype == DType::bf16; }

// A name that packages can hold, too.
Status check_model_name(const char* name, std::string_view what) {
  return *name == '\0' ? Status() : require_name(name, LoadLimits().name_bytes, what);
}

}  // namespace

// The functions of the table. `host` is the session.
struct HostCalls {
  static ImportSession& session(void* host) { return *static_cast<ImportSession*>(host); }

  static int keep_value(void* host, Result<ValueId> result, std::uint32_t* value) {
    ImportSession& self = session(host);
    if (!result) return self.keep(blame_model(result.status()));
    *value = *result;
    self.value_count_ = std::max(self.value_count_, *result + 1);
    return 0;
  }

  static int add_input(void* host, const char* name, const RheoType* type, double scale, double offset,
                       std::uint32_t* value) {
    if (Status named = check_model_name(name, "The name of an input"); !named.ok()) return session(host).keep(named);
    Result<TensorType> wanted = type_from(type);
    if (!wanted) return session(host).keep(wanted.status());
    const bool is_narrow = is_16_bit_float(wanted->dtype);
    Result<ValueId> input = session(host).builder_.add_input(name, std::move(*wanted), {scale, offset});
    if (!input || !is_narrow) return keep_value(host, std::move(input), value);
    session(host).widened_ = true;
    return keep_value(host, session(host).builder_.add_node(OpKind::cast, {*input}, {{"dtype", "f32"}}), value);
  }

  static Result<Tensor> copy_elements(const RheoType* type, const void* data, std::size_t bytes) {
    RHEO_ASSIGN_OR_RETURN(const TensorType wanted, type_from(type));
    RHEO_ASSIGN_OR_RETURN(const std::int64_t elements, wanted.shape.checked_elements());
    if (static_cast<std::uint64_t>(elements) * size_bytes(wanted.dtype) != bytes) {
      return broken(fmt::format("The plugin gave {} bytes for {} of {}.", bytes, wanted.shape.to_string(),
                                name_of(wanted.dtype)));
    }
    return Tensor::copy_of(TensorView(data, wanted.dtype, wanted.shape));
  }

  static int add_constant(void* host, const char* name, const RheoType* type, const void* data, std::size_t bytes,
                          std::uint32_t* value) {
    if (Status named = check_model_name(name, "The name of a constant"); !named.ok()) return session(host).keep(named);
    Result<Tensor> tensor = copy_elements(type, data, bytes);
    if (tensor.ok()) tensor = in_f32(*std::move(tensor), session(host).widened_);
    if (!tensor) return session(host).keep(tensor.status());
    return keep_value(host, session(host).builder_.add_constant(name, std::move(*tensor)), value);
  }

  static int add_node(void* host, const char* op, const std::uint32_t* inputs, std::size_t input_count,
                      const RheoAttribute* attributes, std::size_t attribute_count, const char* name,
                      const char* source, std::uint32_t* value) {
    if (Status named = check_model_name(name, "The name of a node"); !named.ok()) return session(host).keep(named);
    if (Status named = check_model_name(source, "The source of a node"); !named.ok()) return session(host).keep(named);
    const Result<OpKind> kind = op_from_name(op);
    if (!kind) return session(host).keep(kind.status());
    static_assert(kNoValue == RHEO_NO_VALUE);
    return keep_value(host,
                      session(host).builder_.add_node(*kind, std::span<const ValueId>(inputs, input_count),
                                                      attributes_from(attributes, attribute_count), name, source),
                      value);
  }

  static int add_exit(void* host, const char* name, std::uint32_t value) {
    if (Status named = check_model_name(name, "The name of an exit"); !named.ok()) return session(host).keep(named);
    return session(host).keep(blame_model(session(host).builder_.add_exit(name, value)));
  }

  static int add_output(void* host, const char* name, std::uint32_t value) {
    if (Status named = check_model_name(name, "The name of an output"); !named.ok()) return session(host).keep(named);
    return session(host).keep(blame_model(session(host).builder_.add_output(name, value)));
  }

  static int set_labels(void* host, const char* const* labels, std::size_t count) {
    std::vector<std::string> all(labels, labels + count);
    for (const std::string& label : all) {
      if (Status named = require_name(label, LoadLimits().name_bytes, "A label"); !named.ok()) {
        return session(host).keep(named);
      }
    }
    session(host).builder_.set_labels(std::move(all));
    return 0;
  }

  static int type_of(void* host, std::uint32_t value, RheoType* type) {
    if (value >= session(host).value_count_) return session(host).keep(broken("The plugin named an unknown value."));
    const TensorType& known = session(host).builder_.type_of(value);
    *type = {static_cast<std::uint32_t>(known.dtype), static_cast<std::uint32_t>(known.shape.rank()), {}};
    std::copy(known.shape.dims().begin(), known.shape.dims().end(), type->dims);
    return 0;
  }

  static void log(void* host, std::uint32_t severity, const char* message) {
    if (session(host).log_) session(host).log_(static_cast<Severity>(std::min(severity, 3U)), message);
  }

  static void fail(void* host, std::uint32_t code, const char* message) {
    (void)session(host).keep(Status(code_from(code), message));
  }
};

RheoImportHost ImportSession::table() {
  return {sizeof(RheoImportHost), RHEO_PLUGIN_ABI_VERSION, this,
          HostCalls::add_input,   HostCalls::add_constant, HostCalls::add_node,
          HostCalls::add_exit,    HostCalls::set_labels,   HostCalls::type_of,
          HostCalls::log,         HostCalls::fail,         HostCalls::add_output};
}

int ImportSession::keep(Status status) {
  if (status.ok()) return 0;
  if (status_.ok()) status_ = std::move(status);
  return 1;
}

Result<std::shared_ptr<const Graph>> ImportSession::finish(int answer) {
  if (!status_.ok()) return status_;
  if (answer != 0) return Status(StatusCode::internal, "The plugin failed without saying why.");
  auto graph = builder_.build(Unneeded::keep);  // as the model says it; the passes drop what is not needed
  if (!graph) return blame_model(graph.status());
  if (widened_ && log_) {
    log_(Severity::info, "The model stores 16-bit floats; Rheo computes it in f32, and in bf16 where a path says so.");
  }
  return graph;
}

}  // namespace rheo
