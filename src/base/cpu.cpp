// SPDX-License-Identifier: Apache-2.0
#include "base/cpu.h"

#include <sched.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <thread>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace rheo {
namespace {

constexpr std::array kLevels = {Isa::portable, Isa::avx2, Isa::avx512, Isa::avx512_vnni, Isa::avx512_vnni_bf16};

#if defined(__x86_64__)
// Asked from the processor itself because not every compiler's __builtin_cpu_supports knows this name.
bool has_f16c() {
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  constexpr unsigned kF16cBit = 1U << 29;
  return __get_cpuid(1, &eax, &ebx, &ecx, &edx) != 0 && (ecx & kF16cBit) != 0;
}

Isa host_isa() {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !has_f16c()) return Isa::portable;
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
      !__builtin_cpu_supports("avx512cd") || !__builtin_cpu_supports("avx512dq") ||
      !__builtin_cpu_supports("avx512vl")) {
    return Isa::avx2;
  }
  if (!__builtin_cpu_supports("avx512vnni")) return Isa::avx512;
  return __builtin_cpu_supports("avx512bf16") ? Isa::avx512_vnni_bf16 : Isa::avx512_vnni;
}
#else
Isa host_isa() { return Isa::portable; }
#endif

// The text of a small file, empty when it cannot be read.
std::string first_line(const std::string& file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  return line;
}

// The tightest quota of this process's cgroup (version 2) and all groups above it, infinite without one.
double smallest_cpu_quota() {
  std::string group = first_line("/proc/self/cgroup");  // "0::/group/of/this/process"
  group = group.starts_with("0::") ? group.substr(3) : std::string();
  double quota = cpu_quota(first_line("/sys/fs/cgroup/cpu.max"));
  while (group.size() > 1) {
    quota = std::min(quota, cpu_quota(first_line("/sys/fs/cgroup" + group + "/cpu.max")));
    group.resize(group.rfind('/'));
  }
  return quota;
}

}  // namespace

std::string_view name_of(Isa isa) {
  switch (isa) {
    case Isa::portable: return "portable";
    case Isa::avx2: return "avx2";
    case Isa::avx512: return "avx512";
    case Isa::avx512_vnni: return "avx512_vnni";
    case Isa::avx512_vnni_bf16: return "avx512_vnni_bf16";
  }
  return "unknown";
}

Result<Isa> select_isa(std::string_view cap) {
  if (cap.empty()) return host_isa();
  std::string known;
  for (const Isa level : kLevels) {
    if (name_of(level) == cap) return std::min(level, host_isa());
    known.append(known.empty() ? "" : ", ").append(name_of(level));
  }
  return Status(StatusCode::invalid_argument, "There is no instruction set \"" + std::string(cap) +
                                                  "\"; cap it (RHEO_MAX_ISA) with one of " + known + ".");
}

double cpu_quota(std::string_view cpu_max) {
  double quota_us = 0;
  double period_us = 0;
  const char* end = cpu_max.data() + cpu_max.size();
  const auto [after_quota, quota_error] = std::from_chars(cpu_max.data(), end, quota_us);
  if (quota_error != std::errc() || after_quota == end) return HUGE_VAL;  // "max 100000": unlimited
  const auto [after_period, period_error] = std::from_chars(after_quota + 1, end, period_us);
  if (period_error != std::errc() || quota_us <= 0 || period_us <= 0) return HUGE_VAL;
  return quota_us / period_us;
}

int usable_threads() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  int threads = sched_getaffinity(0, sizeof(allowed), &allowed) == 0
                    ? CPU_COUNT(&allowed)
                    : static_cast<int>(std::thread::hardware_concurrency());
  const double quota = smallest_cpu_quota();
  if (quota < threads) threads = static_cast<int>(std::floor(quota));
  return std::max(threads, 1);
}

}  // namespace rheo
