#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs a built tree, moves it, and builds a separate project against it: by CMake, shared and static, and by
# pkg-config. Then builds a host that takes Rheo in as a sub-project, and configures Rheo without its optional parts.
# Usage: install_test.sh BUILD_DIR SOURCE_DIR
set -eu
build=$1
source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --prefix "$work/first" >"$work/install.log"
mv "$work/first" "$work/moved"
if grep -rIl -e "$work/first" -e "$build" "$work/moved"; then
  echo "The files above know where they were installed or built." >&2
  exit 1
fi

cmake -G Ninja -S "$source/tests/install/consumer" -B "$work/consumer" -DCMAKE_PREFIX_PATH="$work/moved" >"$work/configure.log"
cmake --build "$work/consumer"
"$work/consumer/shared_consumer"
"$work/consumer/static_consumer"

PKG_CONFIG_PATH=$(dirname "$(find "$work/moved" -name rheo.pc)")
export PKG_CONFIG_PATH
library_dir=$(pkg-config --variable=libdir rheo)
# shellcheck disable=SC2046
c++ -std=c++20 "$source/tests/install/consumer/main.cpp" -o "$work/pkg_consumer" $(pkg-config --cflags --libs rheo)
LD_LIBRARY_PATH=$library_dir "$work/pkg_consumer"

if [ -x "$work/moved/bin/rheo" ]; then
  "$work/moved/bin/rheo" --version
  # The importer is found beside the moved command, wherever that is.
  if [ -n "$(find "$work/moved" -name librheo_torch.so)" ]; then
    env -u RHEO_PLUGIN_DIR "$work/moved/bin/rheo" inspect "$source/tests/golden/models/residual.traced.pt" >"$work/inspect.log"
    grep -q final "$work/inspect.log"
  fi
fi

# The host compiles the library with the settings of the tree that is tested, so that a compiler cache has its objects.
setting() { sed -n "s/^$1:[A-Z]*=//p" "$build/CMakeCache.txt" | grep -v NOTFOUND || true; }
cache=$(setting RHEO_CCACHE)
cmake -G Ninja -S "$source/tests/install/subproject" -B "$work/subproject" -DRHEO_SOURCE_DIR="$source" \
  -DCMAKE_BUILD_TYPE="$(setting CMAKE_BUILD_TYPE)" -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="$(setting CMAKE_CXX_FLAGS_RELWITHDEBINFO)" \
  -DRHEO_DEVELOPER="$(setting RHEO_DEVELOPER)" ${cache:+"-DCMAKE_CXX_COMPILER_LAUNCHER=env;CCACHE_NOHASHDIR=1;$cache"} >"$work/sub.log"
cmake --build "$work/subproject" --target host_program >"$work/host.log" || { cat "$work/host.log"; exit 1; }
"$work/subproject/host_program"
cmake --build "$work/subproject" --target host careless >"$work/careless.log" 2>&1 || { cat "$work/careless.log"; exit 1; }
if grep -i warning "$work/careless.log"; then
  echo "A warning flag of Rheo leaks into its host." >&2
  exit 1
fi

# Every optional part may be left out, alone.
for option in RHEO_TORCH RHEO_BUILD_TESTS; do
  cmake -G Ninja -S "$source" -B "$work/without_$option" "-D$option=OFF" >"$work/without.log" 2>&1 || { cat "$work/without.log"; exit 1; }
  grep -E "^--   .*: off \\(.*$option is OFF" "$work/without.log"
  cmake --build "$work/without_$option" --target CMakeFiles/rheo_objects.dir/src/base/version.cpp.o
done
