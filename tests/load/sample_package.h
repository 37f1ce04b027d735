// SPDX-License-Identifier: Apache-2.0
// A package small enough that a test can try every byte of it, with every section filled in.
#pragma once

#include "load/package.h"

namespace rheo::testing {

// image [?, 4] -> linear (exit "early") -> relu -> linear (exit "final"), 3 classes.
inline Package sample_package() {
  GraphBuilder builder;
  const auto tensor = [](const Shape& shape, float first) {
    Tensor made = Tensor::zeros(DType::f32, shape).value();
    for (float& element : made.as_mutable<float>()) element = first += 0.25F;
    return made;
  };
  const ValueId image = builder.add_input("image", {DType::f32, {kDynamic, 4}, {}}, {1.0 / 255, 0.5}).value();
  const ValueId weight = builder.add_constant("first.weight", tensor({3, 4}, -1)).value();
  const ValueId bias = builder.add_constant("first.bias", tensor({3}, 0)).value();
  const ValueId first = builder.add_node(OpKind::linear, {image, weight, bias}, {}, "first").value();
  const ValueId hidden = builder.add_node(OpKind::relu, {first}, {}, "hidden").value();
  const ValueId weight2 = builder.add_constant("second.weight", tensor({3, 3}, -1)).value();
  const ValueId second = builder.add_node(OpKind::linear, {hidden, weight2}, {}, "second").value();
  (void)builder.add_exit("early", first);
  (void)builder.add_exit("final", second);
  builder.set_labels({"shirt",
                      "Stra\xc3\x9f"
                      "e",
                      "bag"});

  Package package;
  package.graph = builder.build().value();
  PathProfile fast{1.5, 2.25, 12, 0.875, 1.25, {{1, 1.5}, {8, 6}}};
  PathProfile slow{3, 4.1, 21, 1, 0.9, {}};
  package.ladder =
      Ladder::create({{Path{Precision::int8, "early", 0}, fast}, {Path{Precision::f32, "final", 1}, slow}}).value();
  package.ranges = {{"hidden", {0, 1.5F}}, {"image", {-1, 0.1F}}};
  package.policy = R"({"kind":"thresholds","margins":[0.5]})";
  package.estimator = R"({"kind":"plain"})";
  package.choices = R"({"first":"linear"})";
  package.note = "Perhaps by chance.";
  package.self_test_inputs = {tensor({1, 4}, 0), tensor({1, 4}, 1)};
  package.self_test_outputs = {tensor({2, 3}, 2), tensor({2, 3}, 3)};  // two paths
  package.hosts = {{"avx2", "rheo 0.1.0", "2026-01-02T03:04:05Z"}, {"avx512", "rheo 0.1.0", "2026-02-03T04:05:06Z"}};
  package.model_hash = model_hash(package);
  Certificate certificate;
  certificate.promises = {{LossKind::disagreement, 0.01, 0.00875, 3, 0},
                          {LossKind::accuracy_drop, 0.005, -0.001, 1, 2}};
  certificate.confidence = 0.95;
  certificate.inputs = 1000;
  certificate.policy = package.policy;
  certificate.model_hash = package.model_hash;
  certificate.data_fingerprint = "0123456789abcdef";
  certificate.tuning_fingerprint = "fedcba9876543210";
  certificate.order = "safest first";
  certificate.isa = "avx2";
  certificate.library_versions = "rheo 0.1.0";
  certificate.created = "2026-01-02T03:04:05Z";
  package.certificate = certificate;
  return package;
}

}  // namespace rheo::testing
