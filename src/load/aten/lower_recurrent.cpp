// SPDX-License-Identifier: Apache-2.0
// lstm, gru and rnn: layers on each other, each an op of Rheo. PyTorch keeps the gates of lstm as i, f, g, o and those
// of gru as r, z, n; Rheo, like ONNX, as i, o, f, c and z, r, h. Weights are constants, so they are reordered ahead.
#include <algorithm>

#include "base/try.h"
#include "load/aten/lowerings.h"

namespace rheo::aten {
namespace {

struct Settings {
  OpKind kind = OpKind::lstm;
  std::vector<std::int64_t> gates;  // where each gate of Rheo stands in PyTorch
  bool has_biases = true;
  bool batch_first = false;
  std::int64_t directions = 1;
  std::int64_t layers = 1;
};

Result<Settings> settings_of(Call& call) {
  Settings settings;
  settings.kind = call.op() == "lstm" ? OpKind::lstm : call.op() == "gru" ? OpKind::gru : OpKind::rnn;
  settings.gates = call.op() == "lstm"  ? std::vector<std::int64_t>{0, 3, 1, 2}
                   : call.op() == "gru" ? std::vector<std::int64_t>{1, 0, 2}
                                        : std::vector<std::int64_t>{0};
  RHEO_ASSIGN_OR_RETURN(const bool trains, call.truth("train"));
  RHEO_ASSIGN_OR_RETURN(const double dropout, call.real("dropout"));
  if (trains && dropout != 0) return call.refuse("drops elements as in training; export the model after eval()");
  RHEO_ASSIGN_OR_RETURN(settings.has_biases, call.truth("has_biases"));
  RHEO_ASSIGN_OR_RETURN(settings.batch_first, call.truth("batch_first"));
  RHEO_ASSIGN_OR_RETURN(const bool both, call.truth("bidirectional"));
  RHEO_ASSIGN_OR_RETURN(settings.layers, call.integer("num_layers"));
  settings.directions = both ? 2 : 1;
  return settings;
}

Result<ImportValue> joined(Call& call, std::vector<ImportValue>& parts, std::int64_t axis) {
  if (parts.size() == 1) return parts[0];
  std::vector<ImportValue*> pointers;
  for (ImportValue& part : parts) pointers.push_back(&part);
  return call.emit(OpKind::concat, std::span<ImportValue* const>(pointers), Attributes{{"axis", axis}});
}

// The gates of one matrix or bias [gates * hidden, ...] in Rheo's order.
Result<ImportValue> reordered(Call& call, ImportValue& value, const Settings& settings) {
  const Shape shape = call.shape_of(value);
  const auto count = static_cast<std::int64_t>(settings.gates.size());
  if (shape.rank() < 1 || shape[0] % count != 0) return call.refuse("has weights of an odd shape");
  const std::int64_t hidden = shape[0] / count;
  std::vector<ImportValue> gates;
  for (const std::int64_t gate : settings.gates) {
    RHEO_ASSIGN_OR_RETURN(ImportValue part,
                          call.emit(OpKind::slice, {&value},
                                    Attributes{{"axis", 0}, {"start", gate * hidden}, {"end", (gate + 1) * hidden}}));
    gates.push_back(std::move(part));
  }
  return joined(call, gates, 0);
}

// [1, ...]: one direction, to be joined with the other.
Result<ImportValue> one_direction(Call& call, ImportValue& value) {
  Shape shape{1};
  const Shape stored = call.shape_of(value);
  for (const std::int64_t dimension : stored.dims()) shape.push_back(dimension);
  return call.reshape(value, shape);
}

// Weights of one layer: of its input and of its state [d, gates * hidden, ...], and their biases in a row.
struct Weights {
  ImportValue input;
  ImportValue state;
  ImportValue bias;
};

Result<Weights> weights_of(Call& call, const Settings& settings, std::span<ImportValue* const> params) {
  std::vector<ImportValue> input;
  std::vector<ImportValue> state;
  std::vector<ImportValue> bias;
  const std::size_t each = settings.has_biases ? 4 : 2;
  for (std::size_t at = 0; at < params.size(); at += each) {
    std::vector<ImportValue> ordered;
    for (std::size_t i = 0; i < each; ++i) {
      if (params[at + i] == nullptr) return call.refuse("lacks weights");
      RHEO_ASSIGN_OR_RETURN(ImportValue one, reordered(call, *params[at + i], settings));
      if (i < 2) {
        RHEO_ASSIGN_OR_RETURN(one, one_direction(call, one));
      }
      ordered.push_back(std::move(one));
    }
    input.push_back(std::move(ordered[0]));
    state.push_back(std::move(ordered[1]));
    if (!settings.has_biases) continue;
    ordered.erase(ordered.begin(), ordered.begin() + 2);
    RHEO_ASSIGN_OR_RETURN(ImportValue both, joined(call, ordered, 0));
    RHEO_ASSIGN_OR_RETURN(both, one_direction(call, both));
    bias.push_back(std::move(both));
  }
  Weights weights;
  RHEO_ASSIGN_OR_RETURN(weights.input, joined(call, input, 0));
  RHEO_ASSIGN_OR_RETURN(weights.state, joined(call, state, 0));
  if (settings.has_biases) {
    RHEO_ASSIGN_OR_RETURN(weights.bias, joined(call, bias, 0));
  }
  return weights;
}

bool is_zero(const ImportValue& value) {
  return value.is_known() && std::all_of(value.elements().begin(), value.elements().end(), [](const Tensor& trial) {
           const auto elements = trial.as<float>();
           return std::all_of(elements.begin(), elements.end(), [](float element) { return element == 0; });
         });
}

// The first state of one layer, [layers * d, b, h] in the file, as [b, d, h]. Zeros, which programs make for whatever
// batch they get, are left out: they are what an op starts with.
Result<ImportValue> first_state(Call& call, ImportValue& all, const Settings& settings, std::int64_t layer) {
  if (is_zero(all)) return ImportValue();
  if (call.shape_of(all).rank() != 3) return call.refuse("starts from a state without a batch");
  ImportValue state = all;
  if (settings.layers > 1) {
    RHEO_ASSIGN_OR_RETURN(state, call.emit(OpKind::slice, {&all},
                                           Attributes{{"axis", 0},
                                                      {"start", layer * settings.directions},
                                                      {"end", (layer + 1) * settings.directions}}));
  }
  return call.transpose(state, {1, 0, 2});
}

// One layer over x [b, s, in]: y [b, s, d * h], and its last states [b, d, h].
Result<std::vector<ImportValue>> layer_of(Call& call, const Settings& settings, std::int64_t layer, ImportValue& x,
                                          std::span<ImportValue* const> states, Weights& weights) {
  std::vector<ImportValue> first(2);
  for (std::size_t i = 0; i < states.size(); ++i) {
    RHEO_ASSIGN_OR_RETURN(first[i], first_state(call, *states[i], settings, layer));
  }
  const auto given = [](ImportValue& value) { return value.is_missing() ? nullptr : &value; };
  std::vector<ImportValue*> inputs = {&x,      &weights.input, &weights.state, given(weights.bias),
                                      nullptr, given(first[0])};
  if (settings.kind == OpKind::lstm) inputs.push_back(given(first[1]));
  Attributes attributes = {{"direction", settings.directions == 2 ? "bidirectional" : "forward"}};
  if (settings.kind == OpKind::gru) attributes.set("linear_before_reset", std::int64_t{1});
  if (call.op() == "rnn_relu") attributes.set("activations", std::string("relu"));
  RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> outputs, call.emit_all(settings.kind, inputs, attributes));
  const Shape y = call.shape_of(outputs[0]);  // [b, s, d, h]
  RHEO_ASSIGN_OR_RETURN(outputs[0], call.reshape(outputs[0], {y[0], y[1], y[2] * y[3]}));
  return outputs;
}

// Last states of all layers, [b, d, h] each, as [layers * d, b, h].
Status answer_states(Call& call, std::vector<ImportValue>& layers, std::size_t output) {
  if (!call.is_wanted(output)) return {};
  RHEO_ASSIGN_OR_RETURN(ImportValue states, joined(call, layers, 1));
  RHEO_ASSIGN_OR_RETURN(states, call.transpose(states, {1, 0, 2}));
  call.answer(std::move(states), output);
  return {};
}

}  // namespace

// input [b, s, in] or [s, b, in]; hx [layers * d, b, h] (of lstm h0 and c0) -> y, h_n (, c_n).
Status lower_recurrent(Call& call) {
  RHEO_ASSIGN_OR_RETURN(const Settings settings, settings_of(call));
  RHEO_ASSIGN_OR_RETURN(ImportValue * input, call.value("input"));
  RHEO_ASSIGN_OR_RETURN(const std::vector<ImportValue*> params, call.values("params"));
  std::vector<ImportValue*> states;
  if (settings.kind == OpKind::lstm) {
    RHEO_ASSIGN_OR_RETURN(states, call.values("hx"));
  } else {
    RHEO_ASSIGN_OR_RETURN(ImportValue * state, call.value("hx"));
    states.push_back(state);
  }
  const std::int64_t each = settings.directions * (settings.has_biases ? 4 : 2);
  const bool fits = call.shape_of(*input).rank() == 3 && settings.layers >= 1 &&
                    states.size() == (settings.kind == OpKind::lstm ? 2U : 1U) &&
                    static_cast<std::int64_t>(params.size()) / each == settings.layers &&
                    static_cast<std::int64_t>(params.size()) % each == 0 &&
                    std::find(states.begin(), states.end(), nullptr) == states.end();
  if (!fits) return call.refuse("has projections, no batch, or another number of weights than of layers");
  ImportValue x = *input;
  if (!settings.batch_first) {
    RHEO_ASSIGN_OR_RETURN(x, call.transpose(x, {1, 0, 2}));
  }
  std::vector<ImportValue> hidden;
  std::vector<ImportValue> cells;
  for (std::int64_t layer = 0; layer < settings.layers; ++layer) {
    const auto own = std::span(params).subspan(static_cast<std::size_t>(layer * each), static_cast<std::size_t>(each));
    RHEO_ASSIGN_OR_RETURN(Weights weights, weights_of(call, settings, own));
    RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> outputs, layer_of(call, settings, layer, x, states, weights));
    x = std::move(outputs[0]);
    hidden.push_back(std::move(outputs[1]));
    if (settings.kind == OpKind::lstm) cells.push_back(std::move(outputs[2]));
  }
  if (!settings.batch_first) {
    RHEO_ASSIGN_OR_RETURN(x, call.transpose(x, {1, 0, 2}));
  }
  call.answer(std::move(x));
  RHEO_RETURN_IF_ERROR(answer_states(call, hidden, 1));
  return cells.empty() ? Status() : answer_states(call, cells, 2);
}

}  // namespace rheo::aten
