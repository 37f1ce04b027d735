#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks that everything that includes oneDNN compiles against the headers of another version, 3.x for instance:
#   tools/check_onednn3.sh /path/to/include
# The folder holds oneapi/dnnl/dnnl.hpp; the headers come with any installation of oneDNN, or with the Python package
# onednn-devel. Only the syntax is checked: nothing is linked or run.
set -eu
include=${1:?usage: tools/check_onednn3.sh FOLDER_WITH_ONEAPI}
root=$(cd "$(dirname "$0")/.." && pwd)
[ -f "$include/oneapi/dnnl/dnnl.hpp" ] || {
  echo "There is no oneapi/dnnl/dnnl.hpp in $include." >&2
  exit 1
}
sed -n 's/^#define DNNL_VERSION_\(MAJOR\|MINOR\) */\1 /p' "$include/oneapi/dnnl/dnnl_version.h"
for source in "$root"/kernels/cpu/dnnl/*.cpp "$root"/kernels/cpu/versions.cpp "$root"/tests/kernels/cpu/onednn*_test.cpp; do
  "${CXX:-c++}" -std=c++20 -fsyntax-only -Wall -Wextra -Wconversion -Werror -isystem "$include" \
    -I "$root/include" -I "$root/src" -I "$root" -I "$root/tests" "$source"
  echo "$source compiles"
done
