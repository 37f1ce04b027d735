// SPDX-License-Identifier: Apache-2.0
#include "cli/command.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "base/try.h"
#include "cli/flag_names.h"

namespace rheo::cli {
namespace {

Result<std::int64_t> number_in(std::string_view text, std::string_view whole) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) return number;
  return Status(StatusCode::invalid_argument, "'" + std::string(whole) + "' is not NAME=NUMBER.");
}

// "32,64" as numbers.
Result<std::vector<std::int64_t>> numbers_in(std::string_view list, std::string_view whole) {
  std::vector<std::int64_t> numbers;
  for (std::size_t begin = 0, end = 0; end < list.size(); begin = end + 1) {
    end = std::min(list.find(',', begin), list.size());
    RHEO_ASSIGN_OR_RETURN(numbers.emplace_back(), number_in(list.substr(begin, end - begin), whole));
  }
  return numbers;
}

struct Assignment {
  std::string name;
  std::string_view value;
};

Result<Assignment> assignment_in(std::string_view text) {
  const std::size_t at = text.rfind('=');
  if (at != std::string_view::npos && at > 0) return Assignment{std::string(text.substr(0, at)), text.substr(at + 1)};
  return Status(StatusCode::invalid_argument, "'" + std::string(text) + "' is not NAME=NUMBER.");
}

Status add_numbers(const std::vector<std::string>& texts, std::map<std::string, std::int64_t, std::less<>>& numbers) {
  for (const std::string& text : texts) {
    RHEO_ASSIGN_OR_RETURN(const Assignment assignment, assignment_in(text));
    RHEO_ASSIGN_OR_RETURN(numbers[assignment.name], number_in(assignment.value, text));
  }
  return {};
}

Status add_shape(const std::string& text, std::map<std::string, Shape, std::less<>>& shapes) {
  RHEO_ASSIGN_OR_RETURN(Assignment assignment, assignment_in(text));
  Shape shape;
  for (std::string_view rest = assignment.value; !rest.empty();) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    std::int64_t size = kDynamic;
    if (rest.substr(0, end) != "?") {
      RHEO_ASSIGN_OR_RETURN(size, number_in(rest.substr(0, end), text));
    }
    if (!shape.push_back(size)) return {StatusCode::invalid_argument, "'" + text + "' has too many dimensions."};
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  shapes[assignment.name] = shape;
  return {};
}

// Dimensions of one size become `dimensions`, those of several `sizes`.
Status add_dimensions(const EngineFlags& flags, LoadOptions& options) {
  for (const std::string& text : flags.file.dimensions) {
    RHEO_ASSIGN_OR_RETURN(const Assignment assignment, assignment_in(text));
    RHEO_ASSIGN_OR_RETURN(std::vector<std::int64_t> sizes, numbers_in(assignment.value, text));
    if (sizes.size() == 1 && flags.mask.empty()) {
      options.model.dimensions[assignment.name] = sizes.front();
    } else {
      options.sizes[assignment.name] = std::move(sizes);
    }
  }
  return {};
}

Result<ModelOptions> options_but_dimensions(const FileFlags& flags) {
  ModelOptions options = flags.options;
  RHEO_RETURN_IF_ERROR(add_numbers(flags.bound, options.bound));
  for (const std::string& text : flags.shapes) RHEO_RETURN_IF_ERROR(add_shape(text, options.shapes));
  return options;
}

}  // namespace

void add_file_flags(CLI::App& command, FileFlags& flags) {
  command
      .add_option("--dim", flags.dimensions,
                  "Size of a dimension that the file leaves open: NAME=SIZE; run, bench and inspect take several: "
                  "NAME=32,64,128")
      ->allow_extra_args(false);
  command
      .add_option("--input-shape", flags.shapes, "Whole shape of an input: NAME=1,3,224,224; ? leaves the batch open")
      ->allow_extra_args(false);
  command.add_option("--bind", flags.bound, "Value of an input, which stops being one: NAME=NUMBER")
      ->allow_extra_args(false);
  command.add_option("--fixed-batch", flags.options.batch, "Items of a batch, for a model that mixes it with others");
  command.add_option("--weights", flags.options.weights,
                     "A .safetensors file whose tensors replace the model's weights of the same names (.onnx, .pt2)");
  command.add_option("--plugin-dir", flags.options.plugin_dir, "Folder with the importer plugins");
}

void add_picture_flags(CLI::App& command, FileFlags& flags) {
  command
      .add_option("--mean", flags.options.mean,
                  "Of stored pictures / 255, by channel or one for all: 0.485,0.456,0.406")
      ->delimiter(',')
      ->allow_extra_args(false);
  command.add_option("--std", flags.options.deviation, "Their deviation, by channel or one for all: 0.229,0.224,0.225")
      ->delimiter(',')
      ->allow_extra_args(false);
  command.add_option("--crop", flags.options.crop,
                     "Share of the shorter side that is kept of pictures of another size than the model's: 0.875");
}

Result<ModelOptions> model_options(const FileFlags& flags) {
  RHEO_ASSIGN_OR_RETURN(ModelOptions options, options_but_dimensions(flags));
  for (const std::string& text : flags.dimensions) {
    if (text.find(',') == std::string::npos) continue;
    return Status(
        StatusCode::invalid_argument,
        "--dim '" + text + "' names several sizes. A package has one; several are for run, bench and inspect.");
  }
  RHEO_RETURN_IF_ERROR(add_numbers(flags.dimensions, options.dimensions));
  return options;
}

void add_model_flags(CLI::App& command, EngineFlags& flags) {
  command.add_option("model,-m,--model", flags.model, "A .rheo package, an .onnx, .pt2 or TorchScript .pt file")
      ->required();
  add_file_flags(command, flags.file);
  command.add_option("--mask", flags.mask,
                     "Input that is 0 where padding lies: requests are padded to the sizes of --dim");
  command.add_option("--max-isa", flags.max_isa, "Cap of the instruction set: portable, avx2, avx512, ...");
  command.add_flag("--allow-uncertified", flags.allow_uncertified,
                   "Run an adaptive policy without a valid certificate");
  command.add_flag("--json", flags.json, "Machine-readable output");
}

void add_engine_flags(CLI::App& command, EngineFlags& flags) {
  add_model_flags(command, flags);
  command.add_option("--threads", flags.threads, "Threads per request")->check(whole_from(1));
}

void add_precision_flag(CLI::App& command, std::vector<std::string>& precisions, const std::string& purpose) {
  command.add_option("--precision", precisions, purpose)->delimiter(',')->allow_extra_args(false);
}

Result<LoadOptions> load_options(const EngineFlags& flags) {
  LoadOptions options;
  RHEO_ASSIGN_OR_RETURN(options.model, options_but_dimensions(flags.file));
  RHEO_RETURN_IF_ERROR(add_dimensions(flags, options));
  options.mask = flags.mask;
  RHEO_ASSIGN_OR_RETURN(options.precisions, precisions_of(flags.precisions));
  options.max_isa = flags.max_isa;
  options.threads = flags.threads;
  options.allow_uncertified = flags.allow_uncertified;
  options.log = stderr_log();
  return options;
}

Result<std::vector<Precision>> precisions_of(const std::vector<std::string>& names) {
  std::vector<Precision> precisions;
  for (const std::string& name : names) {
    RHEO_ASSIGN_OR_RETURN(precisions.emplace_back(), precision_from_name(name));
  }
  return precisions;
}

CLI::Validator whole_from(std::int64_t least) {
  const auto check = [least](const std::string& text) -> std::string {
    const Result<std::int64_t> number = number_in(text, text);
    if (number && *number >= least) return {};
    return "must be a whole number of at least " + std::to_string(least) + ", not '" + text + "'";
  };
  return {check, ">= " + std::to_string(least)};
}

CLI::Validator above_zero() {
  const auto check = [](const std::string& text) -> std::string {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size() && number > 0) return {};
    return "must be a number above 0, not '" + text + "'";
  };
  return {check, "> 0"};
}

LogSink stderr_log() {
  return [](Severity severity, std::string_view message) {
    if (severity >= Severity::warning) std::cerr << "rheo: " << with_flags(message) << '\n';
  };
}

}  // namespace rheo::cli
