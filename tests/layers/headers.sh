#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Compiles every public header alone. Usage: headers.sh COMPILER ROOT
set -eu
compiler=$1
root=$2
for header in "$root"/include/rheo/*.h; do
  printf '#include <rheo/%s>\n' "$(basename "$header")" |
    "$compiler" -std=c++20 -Wall -Wextra -Wconversion -Werror -fsyntax-only -I"$root/include" -x c++ -
done
