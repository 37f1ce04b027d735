// SPDX-License-Identifier: Apache-2.0
// Two threads against one on the reference path: alone, and beside a process that keeps one core busy.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "base/clock.h"
#include "base/try.h"
#include "demo/contender.h"
#include "load/dataset.h"
#include "load/package.h"
#include "numbers/number.h"

namespace rheo::numbers {

namespace {

// A process that computes until it is ended.
class BusyNeighbour {
 public:
  BusyNeighbour() : child_(fork()) {
    if (child_ != 0) return;
    volatile double x = 1;
    while (true) x = x * 1.0000001 + 1e-9;
  }
  ~BusyNeighbour() {
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
  }
  BusyNeighbour(const BusyNeighbour&) = delete;
  BusyNeighbour& operator=(const BusyNeighbour&) = delete;

 private:
  pid_t child_;
};

// Median over interleaved requests of the two engines' ratio of means.
Result<double> ratio(const Engine& one, const Engine& two, const Dataset& pictures, std::string_view path, int rounds) {
  const std::string reference(path);
  const std::vector<demo::Contender> contenders = {{"one thread", one, reference, ""},
                                                   {"two threads", two, reference, ""}};
  RHEO_ASSIGN_OR_RETURN(const std::vector<demo::Run> runs, demo::run_all(contenders, pictures, rounds));
  return demo::mean(runs[1].latency_us) / demo::mean(runs[0].latency_us);
}

}  // namespace

Status measure_threads(const demo::Sources& sources, Numbers& numbers) {
  const std::string file = demo::package_file(sources, demo::kPackages[3]);
  RHEO_ASSIGN_OR_RETURN(const Package package, read_package(file));
  RHEO_ASSIGN_OR_RETURN(const Dataset pictures, open_dataset(sources.test_images, sources.test_labels, *package.graph));
  RHEO_ASSIGN_OR_RETURN(const Engine one, Engine::load(file));
  RHEO_ASSIGN_OR_RETURN(const Engine two, Engine::load(file, {.threads = 2}));
  const std::string_view reference = one.ladder().name(one.ladder().reference());
  RHEO_ASSIGN_OR_RETURN(const double quiet, ratio(one, two, pictures, reference, 3000));
  numbers.push_back(
      {"two_threads", "two threads against one, reference path, quiet machine, mean latency", quiet, "x", 0.6});
  const BusyNeighbour neighbour;
  RHEO_ASSIGN_OR_RETURN(const double busy, ratio(one, two, pictures, reference, 3000));
  numbers.push_back({"two_threads_busy", "the same beside one busy process", busy, "x", 1.3});
  return {};
}

}  // namespace rheo::numbers
