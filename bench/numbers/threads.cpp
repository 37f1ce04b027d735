// SPDX-License-Identifier: Apache-2.0
// Two threads against one on the reference path: alone, and beside a process that keeps one processor busy.
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>

#include "base/try.h"
#include "demo/comparison.h"
#include "numbers/number.h"

namespace rheo::numbers {

namespace {

constexpr int kRequests = 3000;
constexpr int kRunLength = 40;  // requests of a run: what an engine that is alone in its host sees

// A process that computes until it is ended, at the latest when this thread ends.
class BusyNeighbour {
 public:
  static Result<std::unique_ptr<BusyNeighbour>> start() {
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child < 0)
      return Status(StatusCode::resource_exhausted,
                    std::string("Cannot start a busy process: ") + std::strerror(errno));
    if (child == 0) compute(parent);
    return std::unique_ptr<BusyNeighbour>(new BusyNeighbour(child));
  }
  ~BusyNeighbour() {
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
  }
  BusyNeighbour(const BusyNeighbour&) = delete;
  BusyNeighbour& operator=(const BusyNeighbour&) = delete;

 private:
  explicit BusyNeighbour(pid_t child) : child_(child) {}

  [[noreturn]] static void compute(pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);  // it ended before that was said
    volatile double x = 1;
    while (true) x = x * 1.0000001 + 1e-9;
  }

  pid_t child_;  // above 0
};

// Both engines answer every picture, `at_once` of them in a row. Medians, because one request that is put aside spoils
// a mean.
Result<double> ratio_of_medians(const demo::Sources& sources, int at_once) {
  const std::string file = demo::package_file(sources, demo::kSinglePath);
  RHEO_ASSIGN_OR_RETURN(const Dataset pictures, demo::open_test(sources));
  RHEO_ASSIGN_OR_RETURN(const Engine one, Engine::load(file));
  RHEO_ASSIGN_OR_RETURN(const Engine two, Engine::load(file, {.threads = 2}));
  const std::string reference(one.ladder().name(one.ladder().reference()));
  const std::vector<demo::Contender> contenders = {{"one thread", one, reference, ""},
                                                   {"two threads", two, reference, ""}};
  RHEO_ASSIGN_OR_RETURN(const std::vector<demo::Run> runs,
                        demo::run_all(contenders, pictures, sources.rounds(kRequests), at_once));
  return demo::median(runs[1].latency_us) / demo::median(runs[0].latency_us);
}

}  // namespace

Status measure_threads(const demo::Sources& sources, Numbers& numbers) {
  RHEO_ASSIGN_OR_RETURN(const double ratio, ratio_of_medians(sources, 1));
  numbers.push_back({"two_threads", "ratio of medians: two threads against one, reference path, two engines in turn",
                     ratio, "x", 0.6});
  RHEO_ASSIGN_OR_RETURN(const double alone, ratio_of_medians(sources, kRunLength));
  numbers.push_back(
      {"two_threads_runs",
       "the same in runs of " + std::to_string(kRunLength) + " requests, where each engine has the caches to itself",
       alone, "x", 0.6});
  return {};
}

Status measure_threads_busy(const demo::Sources& sources, Numbers& numbers) {
  RHEO_ASSIGN_OR_RETURN(const std::unique_ptr<BusyNeighbour> neighbour, BusyNeighbour::start());
  RHEO_ASSIGN_OR_RETURN(const double ratio, ratio_of_medians(sources, 1));
  numbers.push_back(
      {"two_threads_busy", "two engines in turn beside one process that is always busy", ratio, "x", 1.3});
  return {};
}

}  // namespace rheo::numbers
