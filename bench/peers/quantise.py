#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes NAME.int8.onnx beside NAME.onnx: one eight-bit file that all runtimes measure.

    quantise.py MODEL.onnx INPUT.npy [INPUT.npy ...]

ONNX Runtime's static quantiser, as QuantizeLinear and DequantizeLinear around every operation (QDQ), the form that
ONNX Runtime and OpenVINO both read: weights i8 per channel, activations u8 with ranges from the given inputs.
"""
import pathlib
import sys

import numpy
import onnx
from onnxruntime import quantization
from onnxruntime.quantization.shape_inference import quant_pre_process


# Operations with weights. In a transformer only they go to eight bits: attention and residual sums would lose most of
# the answer, and no maker of these runtimes recommends it.
LAYERS = ["Conv", "Gemm", "MatMul"]
BETWEEN = ["Add", "GlobalAveragePool", "MaxPool", "Clip", "Relu"]


class Inputs(quantization.CalibrationDataReader):
    """The items of the given inputs, one after the other."""

    def __init__(self, names, arrays):
        self.feeds = iter([{name: array[i:i + 1] for name, array in zip(names, arrays)} for i in range(len(arrays[0]))])

    def get_next(self):
        return next(self.feeds, None)


def main():
    model = pathlib.Path(sys.argv[1])
    target = model.with_suffix(".int8.onnx")
    prepared = model.with_suffix(".prepared.onnx")
    quant_pre_process(str(model), str(prepared), skip_symbolic_shape=True)
    graph = onnx.load(str(model)).graph
    weights = {value.name for value in graph.initializer}
    names = [value.name for value in graph.input if value.name not in weights]
    transformer = any(node.op_type == "LayerNormalization" for node in graph.node)
    quantization.quantize_static(
        str(prepared), str(target), Inputs(names, [numpy.load(file) for file in sys.argv[2:]]),
        quant_format=quantization.QuantFormat.QDQ, per_channel=True,
        activation_type=quantization.QuantType.QUInt8, weight_type=quantization.QuantType.QInt8,
        op_types_to_quantize=LAYERS if transformer else [*LAYERS, *BETWEEN],
        extra_options={"MatMulConstBOnly": transformer})
    prepared.unlink()


if __name__ == "__main__":
    main()
