#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the demo or the numbers on a few pictures, so that neither can rot, and looks at what they print and write.
# Usage: quick_test.sh demo|numbers PROGRAM MODEL.pt FASHION_MNIST FOLDER [LIBTORCH_PEER]
# `demo` starts afresh in FOLDER; `numbers` goes on with the packages that it made. 77: skipped, without the data set.
set -eu
what=$1 program=$2 model=$3 data_set=$4 folder=$5
peer=${6-}
names="train-images-idx3-ubyte train-labels-idx1-ubyte t10k-images-idx3-ubyte t10k-labels-idx1-ubyte"
for name in $names; do
  if [ ! -e "$data_set/$name.gz" ]; then
    echo "skipped: there is no $data_set/$name.gz (Debian: apt install dataset-fashion-mnist)"
    exit 77
  fi
done

# expect TEXT FILE: the text stands in the file.
expect() {
  grep -qF -e "$1" "$2" || { echo "FAILED: no '$1' in $2"; exit 1; }
}

case $what in
demo)
  rm -rf "$folder"
  mkdir -p "$folder/data"
  for name in $names; do gzip -dc "$data_set/$name.gz" > "$folder/data/$name"; done
  "$program" --quick "$model" "$folder/data" "$folder/packages" "$folder/demo" > "$folder/demo.txt" 2> "$folder/log.txt" || {
    cat "$folder/log.txt"
    exit 1
  }
  cat "$folder/demo.txt"
  for row in "reference final.f32" "final.bf16, no adaptation" "final.int8, no adaptation" \
    "fastest certified single path" "adaptive, thresholds" "adaptive, estimator off" "adaptive, trade-off (shipped)" \
    "random mixture at equal cost *" "oracle (knows every path's answer) *" "Easy picture" \
    "Hard picture" "the machine was"; do
    expect "$row" "$folder/demo.txt"
  done
  expect "</svg>" "$folder/demo/cost_agreement.svg"
  expect '"fashion_mnist"' "$folder/packages/stamp.json"
  ;;
numbers)
  "$program" --quick "$model" "$folder/data" "$folder/packages" "$folder/numbers" $peer > "$folder/numbers.txt"
  cat "$folder/numbers.txt"
  for id in adaptive_vs_single adaptive_vs_single_b8 adaptive_vs_reference test_disagreement test_accuracy_drop \
    test_disagreement_b8 self_disagreement certificate_violations reference_vs_libtorch bf16_vs_f32 int8_vs_f32 \
    decide_vs_reference decide_vs_adaptive op_overhead_us request_allocations load_to_first_answer_ms two_threads \
    two_threads_runs two_threads_busy; do
    expect "\"id\": \"$id\"" "$folder/numbers/numbers.json"
  done
  # The packages that the demo made served, so the split was read once.
  if grep -q ': [02-9]' "$folder/packages/calibration-images.idx.rheo-ledger.json"; then
    echo "FAILED: the calibration pictures were read more than once"
    exit 1
  fi
  ;;
esac
