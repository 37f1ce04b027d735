# SPDX-License-Identifier: Apache-2.0
"""The peers behind one face: a class per runtime that opens a model once and answers inputs many times.

Each takes the settings that its own makers recommend for latency, and the thread count it is told. What a runtime does
not offer raises Refused with the reason, so that the table can say so instead of leaving a hole."""
import numpy


class Refused(Exception):
    """The runtime does not offer this; the text says why."""


class OnnxRuntime:
    """ONNX Runtime on its CPU provider: one session, sequential, all graph optimisations (its default)."""

    ENDINGS = {"f32": ".onnx", "int8": ".int8.onnx"}

    def __init__(self, file, precision, threads):
        import onnxruntime

        if precision == "bf16":
            raise Refused("its CPU provider has no bf16 kernels for x86")
        self.version = onnxruntime.__version__
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
        self.names = [value.name for value in self.session.get_inputs()]

    def prepare(self, inputs):
        """Fixes what is run from now on; not timed."""
        self.feed = dict(zip(self.names, inputs))

    def run(self):
        return self.session.run(None, self.feed)

    def answer(self):
        return self.run()[-1]


class OpenVino:
    """OpenVINO's CPU plugin, latency hint, the batch fixed before compiling, one reused request."""

    ENDINGS = {"f32": ".onnx", "bf16": ".onnx", "int8": ".int8.onnx"}

    def __init__(self, file, precision, threads):
        import openvino

        self.version = openvino.__version__.split("-")[0]
        self._tensor = openvino.Tensor
        self.core = openvino.Core()
        if precision == "bf16" and "BF16" not in self.core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
            raise Refused("its CPU plugin sees no bf16 instructions on this processor")
        self.model = self.core.read_model(file)
        self.settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1,
                         "INFERENCE_PRECISION_HINT": "bf16" if precision == "bf16" else "f32"}

    def prepare(self, inputs):
        self.model.reshape({port: list(array.shape) for port, array in zip(self.model.inputs, inputs)})
        self.request = self.core.compile_model(self.model, "CPU", self.settings).create_infer_request()
        self.inputs = inputs  # its tensors borrow them
        for i, array in enumerate(inputs):
            self.request.set_input_tensor(i, self._tensor(array, shared_memory=True))

    def run(self):
        self.request.infer()

    def answer(self):
        self.run()
        outputs = self.request.model_outputs
        return self.request.get_output_tensor(len(outputs) - 1).data.copy()


class LibTorch:
    """TorchScript, frozen and optimised for inference as its documentation says, under inference_mode."""

    ENDINGS = {"f32": ".pt", "bf16": ".pt"}

    def __init__(self, file, precision, threads):
        import torch

        if precision == "int8":
            raise Refused("TorchScript cannot run the quantised ONNX file, and a second quantiser would be another model")
        self.torch = torch
        self.version = torch.__version__.split("+")[0]
        torch.set_num_threads(threads)
        torch.set_num_interop_threads(1)
        self.precision = precision
        self.module = torch.jit.load(file).eval()

    def prepare(self, inputs):
        torch = self.torch
        self.inputs = [torch.from_numpy(array) for array in inputs]
        if self.precision == "bf16":
            self.module = self.module.to(torch.bfloat16)
            self.inputs = [x.to(torch.bfloat16) if x.is_floating_point() else x for x in self.inputs]
        self.module = self._optimised(self.module)

    def _optimised(self, module):
        return self.torch.jit.optimize_for_inference(self.torch.jit.freeze(module))

    def run(self):
        with self.torch.inference_mode():
            return self.module(*self.inputs)

    def answer(self):
        output = self.run()
        while isinstance(output, (tuple, list)):
            output = output[-1]
        return output.to(self.torch.float32).numpy()


class TorchCompile(LibTorch):
    """PyTorch 2's own compiler on the exported program. Compiling takes a minute and needs a C++ compiler."""

    ENDINGS = {"f32": ".pt2", "bf16": ".pt2"}

    def __init__(self, file, precision, threads):
        import torch

        if precision == "int8":
            raise Refused("the exported program holds no quantised operations")
        self.torch = torch
        self.version = torch.__version__.split("+")[0]
        torch.set_num_threads(threads)
        torch.set_num_interop_threads(1)
        self.precision = precision
        self.module = torch.export.load(file).module()

    def _optimised(self, module):
        import torch._inductor.config

        torch._inductor.config.freezing = True
        return self.torch.compile(module, mode="default")


RUNTIMES = {"onnxruntime": OnnxRuntime, "openvino": OpenVino, "libtorch": LibTorch, "torch.compile": TorchCompile}


def contiguous(file):
    """The array of a .npy file, aligned as every runtime likes it."""
    array = numpy.load(file)
    room = numpy.empty(array.nbytes + 64, dtype=numpy.uint8)
    start = -room.ctypes.data % 64
    aligned = room[start:start + array.nbytes].view(array.dtype).reshape(array.shape)
    aligned[...] = array
    return aligned
