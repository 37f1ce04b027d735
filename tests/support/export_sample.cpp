// SPDX-License-Identifier: Apache-2.0
#include "support/export_sample.h"

#include <stdexcept>

namespace rheo::testing {

std::string sample_program() {
  return R"json({"graph_module": {"graph": {
  "inputs": [{"as_tensor": {"name": "p_w"}}, {"as_tensor": {"name": "x"}}],
  "outputs": [{"as_tensor": {"name": "y"}}],
  "nodes": [
    {"target": "torch.ops.aten.add.Tensor", "inputs": [
      {"name": "self", "arg": {"as_tensor": {"name": "x"}}, "kind": 1},
      {"name": "other", "arg": {"as_tensor": {"name": "p_w"}}, "kind": 1}],
     "outputs": [{"as_tensor": {"name": "add"}}],
     "metadata": {"stack_trace": "File \"/home/me/net.py\", line 3", "nn_module_stack": "L__self__,,Net;L__self__a,block.a,Add"}},
    {"target": "torch.ops.aten.relu.default", "inputs": [
      {"name": "self", "arg": {"as_tensor": {"name": "add"}}, "kind": 1}],
     "outputs": [{"as_tensor": {"name": "y"}}], "metadata": {}}],
  "tensor_values": {
    "x": {"dtype": 7, "sizes": [{"as_expr": {"expr_str": "Symbol('s0', positive=True, integer=True)", "hint": {"as_int": 2}}}, {"as_int": 2}],
          "strides": [{"as_int": 2}, {"as_int": 1}], "storage_offset": {"as_int": 0}, "layout": 7, "requires_grad": false, "device": {"type": "cpu", "index": null}},
    "p_w": {"dtype": 7, "sizes": [{"as_int": 2}], "strides": [{"as_int": 1}], "storage_offset": {"as_int": 0}, "layout": 7},
    "y": {"dtype": 7, "sizes": [{"as_expr": {"expr_str": "s0"}}, {"as_int": 2}],
          "strides": [{"as_int": 2}, {"as_int": 1}], "storage_offset": {"as_int": 0}, "layout": 7}},
  "sym_int_values": {}, "sym_bool_values": {}},
  "signature": {
    "input_specs": [
      {"parameter": {"arg": {"name": "p_w"}, "parameter_name": "block.w"}},
      {"user_input": {"arg": {"as_tensor": {"name": "x"}}}}],
    "output_specs": [{"user_output": {"arg": {"as_tensor": {"name": "y"}}}}]},
  "module_call_graph": []},
 "opset_version": {"aten": 10}, "range_constraints": {"s0": {"min_val": 1, "max_val": 16}},
 "schema_version": {"major": 8, "minor": 20}, "verifiers": [], "guards_code": ["while True: pass"]})json";
}

std::string sample_weights() {
  return R"({"config": {"block.w": {"path_name": "weight_0", "is_param": true, "use_pickle": false, "tensor_meta":
    {"dtype": 7, "sizes": [{"as_int": 2}], "strides": [{"as_int": 1}], "storage_offset": {"as_int": 0}, "layout": 7}}}})";
}

std::vector<ZipPart> sample_export(const std::string& program, const std::string& weights) {
  return {{"net/archive_format", "pt2\n"},
          {"net/archive_version", "0"},
          {"net/byteorder", "little"},
          {"net/.data/version", "6\n"},
          {"net/models/model.json", program, true},
          {"net/data/weights/model_weights_config.json", weights},
          {"net/data/weights/weight_0", std::string("\0\0\x80\x3f\0\0\0\xc0", 8)},
          {"net/data/constants/model_constants_config.json", R"({"config": {}})"},
          {"net/data/sample_inputs/model.pt", "a pickle that nobody opens"}};
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  if (at == std::string::npos) throw std::invalid_argument("the text does not hold: " + std::string(from));
  return text.replace(at, from.size(), to);
}

}  // namespace rheo::testing
