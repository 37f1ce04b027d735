// SPDX-License-Identifier: Apache-2.0
#include "numbers/report.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "base/cpu.h"
#include "base/environment.h"
#include "kernels/kernel.h"

namespace rheo::numbers {

namespace {

using Json = nlohmann::ordered_json;

bool is_disturbed(const Number& number) { return number.timed && !(number.quiet && number.quiet->quiet()); }

Json to_json(const Quiet& quiet) {
  return {{"wall_s", quiet.wall_s},
          {"others_busy_processors", quiet.others},
          {"stolen_processors", quiet.stolen},
          {"put_aside_per_s", quiet.put_aside},
          {"slowest_loop_ratio", quiet.slowest_loop},
          {"own_neighbours", quiet.neighbours}};
}

Json to_json(const Number& number) {
  Json json = {{"id", number.id},     {"value", number.value ? Json(*number.value) : Json(nullptr)},
               {"unit", number.unit}, {"target", number.at_most},
               {"met", number.met()}, {"what", number.what}};
  if (!number.void_because.empty()) json["why_not"] = number.void_because;
  json["timed"] = number.timed;
  json["quiet"] = number.quiet && number.quiet->quiet();
  if (number.quiet) json["evidence"] = to_json(*number.quiet);
  return json;
}

}  // namespace

std::string numbers_text(const Numbers& numbers, const Quiet& whole, const demo::Sources& sources) {
  std::string text = fmt::format("{:<26}{:>10}  {:<6}{:>10}\n", "id", "value", "unit", "at most");
  bool disturbed = false;
  for (const Number& number : numbers) {
    disturbed = disturbed || is_disturbed(number);
    text += fmt::format("{:<26}{:>10}  {:<6}{:>10.4g}  {:<12}{}\n", number.id,
                        number.value ? fmt::format("{:.4f}", *number.value) : "-", number.unit, number.at_most,
                        fmt::format("{}{}", number.met() ? "met" : "MISSED", is_disturbed(number) ? " (!)" : ""),
                        number.what);
    if (!number.void_because.empty()) text += fmt::format("{:<68}{}\n", "", number.void_because);
  }
  if (disturbed) text += "(!) timed while the machine was not quiet: do not quote; numbers.json has the evidence\n";
  text += "the whole run was " + whole.to_string() + "\nand while the packages were made " + demo::made_while(sources);
  if (sources.extent == demo::Extent::quick)
    text += "A quick run, to see that everything works: quote nothing of it.\n";
  return text;
}

std::string numbers_json(const Numbers& numbers, const Quiet& whole, const demo::Sources& sources) {
  const auto isa = select_isa(environment("RHEO_MAX_ISA"));
  Json list = Json::array();
  for (const Number& number : numbers) list.push_back(to_json(number));
  const Json json = {{"library", library_versions()},
                     {"isa", isa ? Json(name_of(*isa)) : Json(nullptr)},
                     {"quick", sources.extent == demo::Extent::quick},
                     {"quiet", whole.quiet()},
                     {"evidence", to_json(whole)},
                     {"packages_made_while", demo::made_while(sources)},
                     {"numbers", list}};
  return json.dump(2) + "\n";
}

}  // namespace rheo::numbers
