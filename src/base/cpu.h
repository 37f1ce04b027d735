// SPDX-License-Identifier: Apache-2.0
// What this processor offers, and the cap a caller may put on it. Decided once per load or adapt, then passed down.
#pragma once

#include <string>
#include <string_view>

#include <rheo/status.h>

namespace rheo {

// Ordered: each level includes the ones before it.
enum class Isa { portable, avx2, avx512, avx512_vnni, avx512_vnni_bf16 };

std::string_view name_of(Isa isa);

// The best level of this host, capped by `cap` ("portable", "avx2", "avx512", "avx512_vnni", "avx512_vnni_bf16"; empty:
// no cap). An unknown cap is an error that lists the valid ones.
Result<Isa> select_isa(std::string_view cap);

// Processors that one line of a cgroup's cpu.max file grants ("150000 100000" is 1.5); infinity for "max" or no line.
double cpu_quota(std::string_view cpu_max);

// Threads this process may really use: affinity mask and cgroup quota, at least 1.
int usable_threads();

}  // namespace rheo
