// SPDX-License-Identifier: Apache-2.0
// rheo inspect FILE: stages, paths, plans, chosen kernels and refusals.
#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "base/try.h"
#include "cli/command.h"

namespace rheo::cli {

namespace {

using Json = nlohmann::ordered_json;

void print_op(const Json& op) {
  std::cout << fmt::format("    {:<28} {:<14} {:<20} {}\n", op.value("name", ""), op.value("op", ""),
                           op.value("kernel", ""), op.value("implementation", ""));
  for (const Json& refusal : op.value("refusals", Json::array())) {
    std::cout << fmt::format("      refused {}: {}\n", refusal.value("kernel", ""), refusal.value("reason", ""));
  }
}

void print_plan(const std::string& precision, const Json& plan) {
  if (!plan.contains("stages")) {
    std::cout << fmt::format("\nplan {} is refused: {}\n", precision, plan.value("refused", ""));
    return;
  }
  std::cout << fmt::format("\nplan {} (batch {}, arena {} bytes, {} layout changes)\n", precision,
                           plan.value("batch", 0), plan.value("arena_bytes", 0), plan.value("layouts_changed", 0));
  int number = 0;
  for (const Json& stage : plan["stages"]) {
    std::cout << fmt::format("  stage {}, up to {}\n", number++, stage.value("exit", ""));
    for (const Json& op : stage["ops"]) print_op(op);
  }
}

void print_sizes(const Json& sizes) {
  std::cout << "sizes ";
  for (const Json& listed : sizes["listed"]) std::cout << listed.get<std::string>() << "; ";
  std::cout << (sizes.value("padded", false) ? "others are padded" : "others are made ready when they are needed. ")
            << sizes.value("why", "") << '\n';
}

// Null stands for what nobody has measured.
std::string measured(const Json& number, int decimals) {
  return number.is_number() ? fmt::format("{:.{}f}", number.get<double>(), decimals) : "-";
}

void print_text(const Json& json) {
  std::cout << fmt::format("{}, {}\nmodel {}\n", json.value("library", ""), json.value("isa", ""),
                           json.value("model_hash", ""));
  for (const Json& input : json["inputs"])
    std::cout << fmt::format("input  {} {} {}\n", input.value("name", ""), input.value("dtype", ""),
                             input.value("shape", ""));
  for (const Json& output : json["outputs"])
    std::cout << fmt::format("output {} {} {}{}\n", output.value("name", ""), output.value("dtype", ""),
                             output.value("shape", ""),
                             output.contains("with_exit") ? ", with exit " + output.value("with_exit", "") : "");
  if (json.contains("sizes")) print_sizes(json["sizes"]);
  std::cout << fmt::format("stages {}, each up to an exit:", json.value("stages", 0));
  for (const Json& exit : json["exits"]) std::cout << ' ' << exit.get<std::string>();
  std::cout << fmt::format("\npolicy {}, estimator {}\n", json.value("policy", ""), json.value("estimator", ""));
  const Json& certificate = json["certificate"];
  std::cout << "certificate: " << (certificate.value("valid_here", false) ? "valid here." : "not valid here.");
  for (const char* part : {"statement", "why"}) {
    if (const std::string text = certificate.value(part, ""); !text.empty()) std::cout << ' ' << text;
  }
  std::cout << "\n\n";
  std::cout << fmt::format("{:<16} {:>12} {:>12} {:>14} {:>10}\n", "path", "median us", "p99 us", "multiply-adds",
                           "agreement");
  for (const Json& rung : json["ladder"]) {
    std::cout << fmt::format("{:<16} {:>12} {:>12} {:>14.0f} {:>10}\n", rung.value("path", ""),
                             measured(rung["latency_us"], 1), measured(rung["latency_p99_us"], 1),
                             rung.value("multiply_adds", 0.0), measured(rung["agreement"], 4));
  }
  for (const auto& [precision, plan] : json["plans"].items()) print_plan(precision, plan);
}

}  // namespace

void add_inspect(CLI::App& app, std::vector<std::pair<CLI::App*, Action>>& commands) {
  CLI::App* command = app.add_subcommand("inspect", "Show stages, paths, plans, chosen kernels and refusals");
  auto flags = std::make_shared<EngineFlags>();
  add_engine_flags(*command, *flags);
  add_precision_flag(*command, flags->precisions,
                     "Show a model that was never adapted with paths in these precisions too: f32,bf16,int8,mixed");
  commands.emplace_back(command, [flags]() -> Status {
    RHEO_ASSIGN_OR_RETURN(const LoadOptions options, load_options(*flags));
    RHEO_ASSIGN_OR_RETURN(const Engine engine, Engine::load(flags->model, options));
    const std::string description = engine.describe();
    if (flags->json) {
      std::cout << description << '\n';
    } else {
      print_text(Json::parse(description));
    }
    return {};
  });
}

}  // namespace rheo::cli
