# SPDX-License-Identifier: Apache-2.0
# A thin front. Each goal installs what is missing (tools/packages.txt), configures, builds and runs.
.PHONY: demo test bench peers sanitize fuzz format tidy

demo:
	@tools/setup.sh build
	@cmake --preset release >/dev/null
	@cmake --build --preset release --target demo

bench:
	@tools/setup.sh build
	@cmake --preset release >/dev/null
	@cmake --build --preset release --target bench

# Rheo, ONNX Runtime, OpenVINO and LibTorch on the same files, in turn; bench/peers/README.md. ARGS="--models resnet50"
ARGS =
peers:
	@tools/setup.sh build
	@cmake --preset release >/dev/null
	@cmake --build --preset release --target bench_peers
	@python3 bench/peers/compare.py $(ARGS)

test:
	@tools/setup.sh build test
	@cmake --preset dev
	@cmake --build --preset dev
	@ctest --preset dev -j 2

# The unit tests under AddressSanitizer with UndefinedBehaviorSanitizer, then under ThreadSanitizer.
# ROOMS="load engine" builds and runs only those of some rooms.
ROOMS =
space = $(subst ,, )
sanitize:
	@tools/setup.sh build test
	@for preset in asan tsan; do \
	  cmake --preset $$preset >/dev/null && \
	  cmake --build --preset $$preset $(if $(ROOMS),--target $(addsuffix _tests,$(subst /,_,$(ROOMS)))) && \
	  ctest --preset $$preset -j 2 $(if $(ROOMS),-R "^($(subst $(space),|,$(strip $(ROOMS))))/") || exit 1; done

# Feeds the readers of packages, models, data sets and traces with inputs grown from its seeds, SECONDS for each; stops at the first fault.
SECONDS = 60
fuzz:
	@tools/setup.sh build test fuzz
	@cmake --preset fuzz >/dev/null
	@for target in package onnx pt2 idx npy trace; do \
	  cmake --build --preset fuzz --target $${target}_fuzzer && mkdir -p build/fuzz/grown/$$target && \
	  ASAN_OPTIONS=allocator_may_return_null=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 build/fuzz/tests/$${target}_fuzzer -max_total_time=$(SECONDS) -timeout=60 -print_final_stats=1 \
	    -artifact_prefix=build/fuzz/$$target- build/fuzz/grown/$$target tests/fuzz/$$target || exit 1; done

format:
	@tools/setup.sh build test
	@cmake --preset dev >/dev/null
	@cmake --build --preset dev --target format

tidy:
	@tools/setup.sh build test tidy
	@cmake --preset dev >/dev/null
	@cmake --build --preset dev --target tidy
