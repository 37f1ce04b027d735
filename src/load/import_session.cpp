// SPDX-License-Identifier: Apache-2.0
#include "load/import_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include <rheo/limits.h>

#include "base/try.h"
#include "load/aten/call.h"
#include "load/json_value.h"
#include "load/widened.h"

namespace rheo {
namespace {

constexpr const char* kBatchName = "batch";

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

// Values go by their numbers.
std::string name_of_value(std::uint32_t value) { return std::to_string(value); }

// What the plugin gives for one argument. `batch`: the name of the value that is the size of the batch. Lists lie in
// each other twice at most.
Result<aten::Argument> argument_from(const RheoArgument& argument, const std::string& batch, int depth = 0) {
  switch (argument.kind) {
    case RHEO_ARGUMENT_NONE: return aten::Argument();
    case RHEO_ARGUMENT_BOOL: return aten::Argument(argument.integer != 0);
    case RHEO_ARGUMENT_INTEGER: return aten::Argument(std::int64_t{argument.integer});
    case RHEO_ARGUMENT_REAL: return aten::Argument(double{argument.real});
    case RHEO_ARGUMENT_TEXT: return aten::Argument(std::string(argument.text));
    case RHEO_ARGUMENT_VALUE: return aten::Argument(aten::ValueName{name_of_value(argument.value)});
    case RHEO_ARGUMENT_BATCH: return aten::Argument(aten::ValueName{batch});
    case RHEO_ARGUMENT_LIST: break;
    default: return broken("The plugin gave an argument of an unknown kind.");
  }
  if (depth > 1) return broken("The plugin gave lists in lists in lists.");
  aten::Argument::List list;
  for (const RheoArgument& item : std::span(argument.items, argument.item_count)) {
    RHEO_ASSIGN_OR_RETURN(aten::Argument one, argument_from(item, batch, depth + 1));
    list.push_back(std::move(one));
  }
  return aten::Argument(std::move(list));
}

// A name that packages can hold, too.
Status check_model_name(const char* name, std::string_view what) {
  return *name == '\0' ? Status() : require_name(name, LoadLimits().name_bytes, what);
}

}  // namespace

// The functions of the table. `host` is the session.
struct HostCalls {
  static ImportSession& session(void* host) { return *static_cast<ImportSession*>(host); }

  static int add_input(void* host, const char* name, const RheoType* type, double scale, double offset,
                       std::uint32_t* value) {
    ImportSession& self = session(host);
    if (Status named = check_model_name(name, "The name of an input"); !named.ok()) return self.keep(named);
    Result<TensorType> wanted = type_from(type);
    if (!wanted) return self.keep(wanted.status());
    if (self.batch_ > 0 && wanted->shape.rank() > 0 && wanted->shape[0] == kDynamic) wanted->shape[0] = self.batch_;
    Result<ImportValue> input = self.translation_.emitter().add_input(name, *wanted, {scale, offset});
    if (!input) return self.keep(blame_model(input.status()));
    *value = self.add(*std::move(input));
    return 0;
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
    ImportSession& self = session(host);
    Result<Tensor> tensor = copy_elements(type, data, bytes);
    if (tensor.ok()) tensor = in_f32(*std::move(tensor), self.translation_.emitter().widened());
    if (!tensor) return self.keep(tensor.status());
    *value = self.add(ImportValue::known(*std::move(tensor)));
    return 0;
  }

  static int add_operator(void* host, const char* target, const RheoArgument* arguments, std::size_t argument_count,
                          const char* name, const char* source, std::uint32_t* values, std::size_t value_count) {
    ImportSession& self = session(host);
    if (Status named = check_model_name(name, "The name of a node"); !named.ok()) return self.keep(named);
    if (Status named = check_model_name(source, "The source of a node"); !named.ok()) return self.keep(named);
    // Nodes without a name of their own are called after what they do.
    aten::Node node{target, {}, {}, *name == '\0' ? std::string(aten::operator_of(target)) : name, source};
    for (const RheoArgument& argument : std::span(arguments, argument_count)) {
      Result<aten::Argument> one = argument_from(argument, kBatchName);
      if (!one) return self.keep(one.status());
      node.arguments.emplace_back(argument.name, *std::move(one));
    }
    for (std::uint32_t& value : std::span(values, value_count)) {
      if (value != RHEO_NO_VALUE) value = self.add({});
      node.outputs.push_back(value == RHEO_NO_VALUE ? std::string() : name_of_value(value));
    }
    if (self.keep(self.translation_.add(node)) != 0) return 1;
    for (std::uint32_t& value : std::span(values, value_count)) {
      if (value != RHEO_NO_VALUE && self.find(value)->is_missing()) value = RHEO_NO_VALUE;
    }
    return 0;
  }

  static int add_exit(void* host, const char* name, std::uint32_t value) {
    if (Status named = check_model_name(name, "The name of an exit"); !named.ok()) return session(host).keep(named);
    return give_out(host, name, value, &ImportEmitter::add_exit);
  }

  static int add_output(void* host, const char* name, std::uint32_t value) {
    if (Status named = check_model_name(name, "The name of an output"); !named.ok()) return session(host).keep(named);
    return give_out(host, name, value, &ImportEmitter::add_output);
  }

  static int give_out(void* host, const char* name, std::uint32_t value,
                      Status (ImportEmitter::*add)(const std::string&, ImportValue&)) {
    ImportSession& self = session(host);
    ImportValue* given = self.find(value);
    if (given == nullptr || given->is_missing()) return self.keep(broken("The plugin named an unknown value."));
    return self.keep(blame_model((self.translation_.emitter().*add)(name, *given)));
  }

  static int set_labels(void* host, const char* const* labels, std::size_t count) {
    std::vector<std::string> all(labels, labels + count);
    for (const std::string& label : all) {
      if (Status named = require_name(label, LoadLimits().name_bytes, "A label"); !named.ok()) {
        return session(host).keep(named);
      }
    }
    session(host).translation_.emitter().builder().set_labels(std::move(all));
    return 0;
  }

  static int type_of(void* host, std::uint32_t value, RheoType* type) {
    const ImportValue* known = session(host).find(value);
    if (known == nullptr || known->is_missing()) {
      return session(host).keep(broken("The plugin named an unknown value."));
    }
    const TensorType found = session(host).translation_.emitter().type_of(*known);
    *type = {static_cast<std::uint32_t>(found.dtype), static_cast<std::uint32_t>(found.shape.rank()), {}};
    std::copy(found.shape.dims().begin(), found.shape.dims().end(), type->dims);
    return 0;
  }

  static int known_number(void* host, std::uint32_t value, std::int64_t* number) {
    const ImportValue* known = session(host).find(value);
    if (known == nullptr || !known->is_known() || !known->ignores_batch() || known->only().shape().elements() != 1) {
      return session(host).keep(Status(StatusCode::unsupported,
                                       "The model decides by something that depends on its inputs or on the batch."));
    }
    const Tensor& one = known->only();
    if (one.dtype() == DType::boolean) {
      *number = one.as<bool>()[0] ? 1 : 0;
    } else if (one.dtype() == DType::i64) {
      *number = one.as<std::int64_t>()[0];
    } else {
      return session(host).keep(broken("The plugin asked for a number that is none."));
    }
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
          HostCalls::add_input,   HostCalls::add_constant, HostCalls::add_operator,
          HostCalls::add_exit,    HostCalls::set_labels,   HostCalls::type_of,
          HostCalls::log,         HostCalls::fail,         HostCalls::add_output,
          HostCalls::known_number};
}

std::uint32_t ImportSession::add(ImportValue value) {
  if (value_count_ == 0) {
    PerTrial<Tensor> sizes;
    for (std::size_t trial = 0; trial < kTrials; ++trial) {
      auto size = Tensor::of<std::int64_t>({kTrialBatches[trial]}, Shape{});
      if (size.ok()) sizes[trial] = *std::move(size);
    }
    translation_.scope().set(kBatchName, ImportValue::known(std::move(sizes)));
  }
  translation_.scope().set(name_of_value(value_count_), std::move(value));
  return value_count_++;
}

ImportValue* ImportSession::find(std::uint32_t value) {
  return value < value_count_ ? translation_.scope().find(name_of_value(value)) : nullptr;
}

int ImportSession::keep(Status status) {
  if (status.ok()) return 0;
  if (status_.ok()) status_ = std::move(status);
  return 1;
}

Result<std::shared_ptr<const Graph>> ImportSession::finish(int answer) {
  if (!status_.ok()) return status_;
  if (answer != 0) return Status(StatusCode::internal, "The plugin failed without saying why.");
  RHEO_RETURN_IF_ERROR(translation_.missing());
  // As the model says it; the passes drop what is not needed.
  auto graph = translation_.emitter().builder().build(Unneeded::keep);
  if (!graph) return blame_model(graph.status());
  if (translation_.emitter().widened() && log_) {
    log_(Severity::info, "The model stores 16-bit floats; Rheo computes it in f32, and in bf16 where a path says so.");
  }
  return graph;
}

}  // namespace rheo
