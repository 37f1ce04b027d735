// SPDX-License-Identifier: Apache-2.0
#include "observe/quiet.h"

#include <fmt/core.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <limits>

#include "base/clock.h"

namespace rheo {

namespace {

// What a machine that only runs this may show: its kernel's own work, and timers.
constexpr double kOthers = 0.05;
constexpr double kStolen = 0.01;
constexpr double kPutAside = 20;
constexpr double kSlowestLoop = 1.1;

constexpr int kLoops = 40;
constexpr int kLoopSteps = 100000;  // some 0.4 ms

double loop_us() {
  const std::int64_t started = now_ns();
  volatile double x = 1;
  for (int i = 0; i < kLoopSteps; ++i) x = x * 1.0000001 + 1e-9;
  return static_cast<double>(now_ns() - started) * 1e-3;
}

// Goes from processor to processor of those this process may use. Gives the mean on the slowest of them, in
// microseconds: a mean, so that being put aside counts.
double slowest_processor_us(FastestLoop& fastest) {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  sched_getaffinity(0, sizeof(allowed), &allowed);
  double slowest_us = 0;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &allowed)) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    sched_setaffinity(0, sizeof(one), &one);
    double total_us = 0;
    for (int i = 0; i < kLoops; ++i) {
      const double us = loop_us();
      total_us += us;
      fastest.us = std::min(fastest.us, us);
    }
    slowest_us = std::max(slowest_us, total_us / kLoops);
  }
  sched_setaffinity(0, sizeof(allowed), &allowed);
  return slowest_us;
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

}  // namespace

bool Quiet::quiet() const {
  // Written so that what could not be read is not quiet.
  const bool stayed = put_aside <= kPutAside || neighbours > 0;
  return others <= kOthers && stolen <= kStolen && stayed && slowest_loop <= kSlowestLoop;
}

std::string Quiet::to_string() const {
  return fmt::format(
      "{}: others kept {:.2f} processors busy (at most {:g}), the host took {:.3f} ({:g}), put aside {:.1f} times per "
      "second ({:g}), slowest loop {:.2f}x the fastest ({:g}x), over {:.1f} s",
      quiet() ? "quiet" : "NOT QUIET", others, kOthers, stolen, kStolen, put_aside, kPutAside, slowest_loop,
      kSlowestLoop, wall_s);
}

QuietWatch::Reading QuietWatch::read() {
  Reading reading;
  std::ifstream stat("/proc/stat");
  std::string name;
  double user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, soft_irq = 0, steal = 0;
  if (stat >> name >> user >> nice >> system >> idle >> wait >> irq >> soft_irq >> steal) {
    const double ticks_per_s = static_cast<double>(sysconf(_SC_CLK_TCK));
    reading.busy_s = (user + nice + system + irq + soft_irq) / ticks_per_s;
    reading.stolen_s = steal / ticks_per_s;
  } else {
    reading.busy_s = reading.stolen_s = std::numeric_limits<double>::quiet_NaN();
  }
  for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    getrusage(who, &usage);
    reading.ours_s += seconds(usage.ru_utime) + seconds(usage.ru_stime);
    reading.put_aside += usage.ru_nivcsw;
  }
  reading.wall_ns = now_ns();
  return reading;
}

QuietWatch::QuietWatch(FastestLoop& fastest) : fastest_(fastest), loop_before_us_(slowest_processor_us(fastest)) {
  before_ = read();
}

Quiet QuietWatch::verdict(int neighbours) {
  const Reading after = read();
  const double loop_us = std::max(loop_before_us_, slowest_processor_us(fastest_));
  Quiet quiet;
  quiet.neighbours = neighbours;
  quiet.wall_s = static_cast<double>(after.wall_ns - before_.wall_ns) * 1e-9;
  const double ours_s = after.ours_s - before_.ours_s;
  // The system counts in hundredths of a second, so the difference of little may come out below nothing.
  const double others_s = after.busy_s - before_.busy_s - ours_s;
  quiet.others = others_s < 0 ? 0 : others_s / quiet.wall_s;
  quiet.stolen = (after.stolen_s - before_.stolen_s) / quiet.wall_s;
  quiet.put_aside = static_cast<double>(after.put_aside - before_.put_aside) / quiet.wall_s;
  quiet.slowest_loop = loop_us / fastest_.us;
  return quiet;
}

}  // namespace rheo
