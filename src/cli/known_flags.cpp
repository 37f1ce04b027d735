// SPDX-License-Identifier: Apache-2.0
#include "cli/known_flags.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <string_view>

#include "base/try.h"

namespace rheo::cli {

namespace {

enum class Means : std::uint8_t {
  same,      // ours, with the same value or none
  assigned,  // value "NAME:VALUE,NAME:VALUE", which is NAME=VALUE here, once for each
  shapes,    // value "NAME:1x3x224x224,...", which is NAME=1,3,224,224
  brackets,  // value "NAME[1,3,224,224],...", which is the same
  nothing,   // what it asks for is always done
  refused    // no counterpart
};

struct KnownFlag {
  std::string_view name;
  Means means = Means::same;
  std::string_view ours = {};  // of the refused: what to do instead
};

constexpr std::string_view kValues = "Inputs are values as the model takes them, in its own layout; leave it out.";
constexpr std::string_view kPrecision = "Name the precisions to compare: --precision f32,bf16,int8.";
constexpr std::string_view kSpoken = "Results go to standard output; --out FILE and -o csv, json, jsonl or md.";

constexpr std::array kKnown = {
    // OpenVINO's benchmark_app
    KnownFlag{"-hint", Means::same, "--goal"},
    KnownFlag{"--hint", Means::same, "--goal"},
    KnownFlag{"-niter", Means::same, "--niter"},
    KnownFlag{"-nireq", Means::same, "--concurrency"},
    KnownFlag{"--nireq", Means::same, "--concurrency"},
    KnownFlag{"-nstreams", Means::same, "--concurrency"},
    KnownFlag{"--nstreams", Means::same, "--concurrency"},
    KnownFlag{"-nthreads", Means::same, "--threads"},
    KnownFlag{"--nthreads", Means::same, "--threads"},
    KnownFlag{"-infer_precision", Means::same, "--precision"},
    KnownFlag{"--infer_precision", Means::same, "--precision"},
    KnownFlag{"-shape", Means::brackets, "--input-shape"},
    KnownFlag{"-latency_percentile", Means::same, "--percentiles"},
    KnownFlag{"-pc", Means::same, "--profile"},
    KnownFlag{"--pc", Means::same, "--profile"},
    KnownFlag{"-json_stats", Means::same, "--json"},
    KnownFlag{"-help", Means::same, "--help"},
    KnownFlag{"-api", Means::refused,
              "A request is synchronous, from a thread of its own: --concurrency says how many run at once."},
    KnownFlag{"-i", Means::refused, "Inputs are .npy files: --data [NAME=]FILE.npy; random without."},
    KnownFlag{"-data_shape", Means::refused, "One item's sizes are --shape [NAME=]3x224x224, the batch is -b."},
    KnownFlag{"-layout", Means::refused, kValues},
    KnownFlag{"-mean_values", Means::refused, kValues},
    KnownFlag{"-scale_values", Means::refused, kValues},
    KnownFlag{"-ip", Means::refused, kValues},
    KnownFlag{"-op", Means::refused, kValues},
    KnownFlag{"-iop", Means::refused, kValues},
    KnownFlag{"-inference_only", Means::refused, "The copy of the input is always timed, as a host pays it."},
    KnownFlag{"-pcsort", Means::refused, "--profile has the slowest ops first."},
    KnownFlag{"-pcseq", Means::refused, "--profile-trace FILE has the ops in their order."},
    KnownFlag{"-exec_graph_path", Means::refused, "'rheo inspect --json' tells every op and its kernel."},
    KnownFlag{"-report_type", Means::refused, kSpoken},
    KnownFlag{"-report_folder", Means::refused, kSpoken},
    KnownFlag{"-pin", Means::refused, "Threads are the system's to place; use taskset or numactl."},
    KnownFlag{"-max_irate", Means::refused, "Every request follows at once on the one before it."},
    KnownFlag{"-cache_dir", Means::refused, "Nothing is cached; what 'rheo adapt' measures is in its package."},
    KnownFlag{"-load_config", Means::refused, "There are no configuration files; every setting is a flag."},
    KnownFlag{"-dump_config", Means::refused, "Results name the whole command."},
    // onnxruntime_perf_test, as far as its letters are free
    KnownFlag{"-x", Means::same, "--threads"},
    KnownFlag{"-p", Means::same, "--profile-trace"},
    KnownFlag{"-e", Means::same, "--device"},
    KnownFlag{"-f", Means::assigned, "--dim"},
    KnownFlag{"-S", Means::same, "--seed"},
    KnownFlag{"-s", Means::nothing},
    KnownFlag{"-I", Means::nothing},
    KnownFlag{"-y", Means::refused, "Ops of a request run one after another, each on all of --threads."},
    KnownFlag{"-P", Means::refused, "Ops of a request run one after another, each on all of --threads."},
    // trtexec
    KnownFlag{"--onnx", Means::same, "--model"},
    KnownFlag{"--iterations", Means::same, "--niter"},
    KnownFlag{"--percentile", Means::same, "--percentiles"},
    KnownFlag{"--streams", Means::same, "--concurrency"},
    KnownFlag{"--infStreams", Means::same, "--concurrency"},
    KnownFlag{"--shapes", Means::shapes, "--input-shape"},
    KnownFlag{"--loadInputs", Means::assigned, "--data"},
    KnownFlag{"--exportTimes", Means::same, "--export-times"},
    KnownFlag{"--dumpProfile", Means::same, "--profile"},
    KnownFlag{"--exportProfile", Means::same, "--profile-trace"},
    KnownFlag{"--warmUp", Means::refused, "It counts milliseconds; --warmup N counts requests."},
    KnownFlag{"--bf16", Means::refused, kPrecision},
    KnownFlag{"--fp16", Means::refused, kPrecision},
    KnownFlag{"--int8", Means::refused, kPrecision},
    KnownFlag{"--best", Means::refused, kPrecision},
    KnownFlag{"--loadEngine", Means::refused, "A package is a model like any other: -m FILE.rheo."},
    KnownFlag{"--saveEngine", Means::refused, "'rheo adapt' makes packages; bench writes no model."},
};

const KnownFlag* find(std::string_view name) {
  const auto* found = std::ranges::find(kKnown, name, &KnownFlag::name);
  return found == kKnown.end() ? nullptr : found;
}

Status unnamed(std::string_view name, std::string_view value, std::string_view ours) {
  return {
      StatusCode::invalid_argument,
      fmt::format("{} {} names no input. Write {} NAME=1,3,224,224; 'rheo inspect' tells names.", name, value, ours)};
}

// The parts of `value` between commas that are in no brackets.
std::vector<std::string> parts_of(std::string_view value) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (const char c : value) {
    depth += c == '[' ? 1 : c == ']' ? -1 : 0;
    if (c == ',' && depth == 0) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

// "NAME:VALUE" and "NAME[VALUE]" as "NAME=VALUE".
Result<std::string> assignment(const KnownFlag& flag, const std::string& part) {
  const std::size_t at = flag.means == Means::brackets ? part.find('[') : part.rfind(':');
  if (at == std::string::npos || at == 0) return unnamed(flag.name, part, flag.ours);
  std::string value = part.substr(at + 1);
  if (flag.means == Means::brackets && value.ends_with(']')) value.pop_back();
  if (flag.means == Means::shapes) std::ranges::replace(value, 'x', ',');
  if (flag.means != Means::assigned && value.starts_with("-1")) value.replace(0, 2, "?");
  return part.substr(0, at) + "=" + value;
}

Status refuse_second_name(const KnownFlag& flag, std::map<std::string_view, std::string_view>& given) {
  const auto [at, is_new] = given.emplace(flag.ours, flag.name);
  if (is_new || at->second == flag.name) return {};
  return {StatusCode::invalid_argument,
          fmt::format("{} and {} both mean {} here; give one of them.", at->second, flag.name, flag.ours)};
}

// Onnxruntime_perf_test's -m says which of -r and -t counts; here whichever is given does.
bool is_test_mode(std::string_view flag, std::string_view value) {
  return flag == "-m" && (value == "times" || value == "duration");
}

}  // namespace

Result<std::vector<std::string>> in_our_flags(std::span<const std::string> words) {
  std::vector<std::string> ours;
  std::map<std::string_view, std::string_view> given;  // by our name: the name on the line
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::size_t equals = std::min(words[i].find('='), words[i].size());
    const KnownFlag* flag = find(std::string_view(words[i]).substr(0, equals));
    if (i + 1 < words.size() && is_test_mode(words[i], words[i + 1])) {
      ++i;
    } else if (flag == nullptr) {
      ours.push_back(words[i]);
    } else if (flag->means == Means::refused) {
      return Status(StatusCode::invalid_argument,
                    fmt::format("{} has no counterpart here. {}", flag->name, flag->ours));
    } else if (flag->means == Means::same) {
      RHEO_RETURN_IF_ERROR(refuse_second_name(*flag, given));
      ours.push_back(std::string(flag->ours) + words[i].substr(equals));
    } else if (flag->means != Means::nothing && (equals < words[i].size() || i + 1 < words.size())) {
      const std::string value = equals < words[i].size() ? words[i].substr(equals + 1) : words[++i];
      for (const std::string& part : parts_of(value)) {
        ours.emplace_back(flag->ours);
        RHEO_ASSIGN_OR_RETURN(ours.emplace_back(), assignment(*flag, part));
      }
    }
  }
  return ours;
}

std::string known_flags_text() {
  std::map<std::string_view, std::string> by_ours;
  for (const KnownFlag& flag : kKnown) {
    if (flag.means != Means::refused && flag.means != Means::nothing)
      by_ours[flag.ours] += fmt::format(" {}", flag.name);
  }
  std::string text = "Flags of benchmark_app, onnxruntime_perf_test and trtexec are taken as ours:\n";
  for (const auto& [ours, names] : by_ours) text += fmt::format("  {:<17}{}\n", ours, names);
  return text + "-r, -t and -c are those of onnxruntime_perf_test; -t of llama-bench is --threads.";
}

}  // namespace rheo::cli
