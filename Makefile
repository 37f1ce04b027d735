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

# Feeds whatever reads bytes of others with inputs grown from its seeds, SECONDS for each target; stops at the first fault.
# TARGETS="onnx card" takes some. The models of ONNX's conformance data are seeds too.
SECONDS = 60
TARGETS = $(patsubst tests/fuzz/%_fuzzer.cpp,%,$(wildcard tests/fuzz/*_fuzzer.cpp))
onnx_seeds = $(wildcard /usr/share/libonnx-testdata/data)
fuzz:
	@tools/setup.sh build test fuzz
	@cmake --preset fuzz >/dev/null
	@for target in $(TARGETS); do \
	  cmake --build --preset fuzz --target $${target}_fuzzer && mkdir -p build/fuzz/grown/$$target && \
	  ASAN_OPTIONS=allocator_may_return_null=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 build/fuzz/tests/$${target}_fuzzer -max_total_time=$(SECONDS) -timeout=60 -print_final_stats=1 \
	    -artifact_prefix=build/fuzz/$$target- build/fuzz/grown/$$target tests/fuzz/$$target $$([ $$target != onnx ] || echo $(onnx_seeds)) || exit 1; done

format:
	@tools/setup.sh build test
	@cmake --preset dev >/dev/null
	@cmake --build --preset dev --target format

tidy:
	@tools/setup.sh build test tidy
	@cmake --preset dev >/dev/null
	@cmake --build --preset dev --target tidy
