// SPDX-License-Identifier: Apache-2.0
// `QuietWatch`: was the machine quiet while something was measured? A number that was taken beside other work says
// nothing, so the evidence stands beside it.
//
// Watched over the whole interval: the time that all processors spent on others than this process and its children, the
// time the host took away, and how often this process was put aside. Before and after, a fixed loop on every processor
// shows whether one is slower than it has ever been.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

namespace rheo {

struct Quiet {
  double wall_s = 0;
  double others = 0;        // processors that others kept busy, mean over the interval; 1 is one whole processor
  double stolen = 0;        // processors that the host took away, the same
  double put_aside = 0;     // involuntary context switches per second, of this process and its ended children
  double slowest_loop = 1;  // of the fixed loop on any processor, before or after, against the fastest ever seen
  int neighbours = 0;       // processors that the measurement itself kept busy on purpose

  bool quiet() const;
  std::string to_string() const;  // one line: the verdict, and what speaks against it
};

// The fixed loop at its fastest, over all that one program watched.
struct FastestLoop {
  double us = std::numeric_limits<double>::infinity();
};

// One thread. Making one and asking it take 20 ms per processor each. `fastest` is shared by all watches of a program
// and outlives them.
class QuietWatch {
 public:
  explicit QuietWatch(FastestLoop& fastest);
  // Since it was made. `neighbours`: processors that the measurement kept busy on purpose by children, which must have
  // ended: their time counts as ours, and being put aside by them is no disturbance.
  Quiet verdict(int neighbours = 0);

 private:
  struct Reading {
    std::int64_t wall_ns = 0;
    double busy_s = 0;  // of all processors and processes
    double stolen_s = 0;
    double ours_s = 0;           // of this process, and of those of its children that have ended
    std::int64_t put_aside = 0;  // the same
  };
  static Reading read();

  FastestLoop& fastest_;
  double loop_before_us_;  // mean on the slowest processor
  Reading before_;
};

}  // namespace rheo
