#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the golden files of the torch.export importer: small models and what PyTorch answers for them.

For every case tests/golden/exports/ gets NAME.pt2, and NAME.safetensors with input0, output0 and so on. What says where a
model was exported is taken out of the archives, and their JSON is compressed; `as_written.pt2` alone is left as PyTorch
wrote it. `four_ways` is one network as .pt2, .onnx and TorchScript .pt. `weights_old` and `weights_new` are one network with
other weights, as .pt2 and .onnx; those of the new one are weights_new.safetensors, too. Everything follows from seeds.
Regenerate with a PyTorch from 2.8 on

    python3 tools/make_export_fixtures.py

and look at the difference before committing: only cases that were meant to change may change.
"""
import io
import json
import pathlib
import zipfile

import torch
from torch import nn
from torch.nn import functional as F

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "tests" / "golden" / "exports"
BATCH = 2


class Convolutions(nn.Module):
    """One and two dimensions, groups, dilation, named paddings, the gradient of a convolution, norms of channels."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.norm = nn.BatchNorm2d(8)
        self.depthwise = nn.Conv2d(8, 8, 3, padding=2, dilation=2, groups=8, bias=False)
        self.same = nn.Conv2d(8, 6, (2, 4), padding="same")
        self.up = nn.ConvTranspose2d(6, 4, 3, stride=2, padding=1, output_padding=1)
        self.plain = nn.BatchNorm2d(4, affine=False)
        self.line = nn.Conv1d(4, 3, 3, padding=1, groups=1)
        self.line_up = nn.ConvTranspose1d(3, 2, 4, stride=2, padding=1)
        self.line_norm = nn.BatchNorm1d(2)

    def forward(self, image):
        x = self.norm(self.first(image))
        x = self.plain(self.up(self.same(self.depthwise(x))))
        y = self.line_norm(self.line_up(self.line(x.mean(2))))
        return x, y


class InPlace(nn.Module):
    """Overwrites results that nobody else reads, and a view that is all there is left of its tensor."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 3, 3, padding=1)

    def forward(self, image):
        x = F.relu(self.conv(image), inplace=True)
        y = F.hardtanh(x + 1, 0.2, 1.5, inplace=True)
        y += x
        y.mul_(0.5)
        return y.flatten(1).sub_(0.25).clamp_(0, 1)


class Activations(nn.Module):

    def __init__(self):
        super().__init__()
        self.prelu = nn.PReLU(6)

    def forward(self, x):
        p = x.abs() + 0.1
        a = [
            torch.relu(x), F.relu6(x), F.hardtanh(x, -0.5, 0.25), torch.clamp(x, -0.2, 0.9), x.clamp_min(0.1),
            x.clamp_max(0.3), F.hardswish(x), F.hardsigmoid(x), F.silu(x), F.gelu(x), F.gelu(x, approximate="tanh"),
            torch.sigmoid(x), torch.tanh(x), F.mish(x), F.elu(x, 0.7), F.selu(x), F.celu(x, 1.5), F.leaky_relu(x, 0.2),
            self.prelu(x), F.softplus(x), F.softplus(x, beta=2.0), F.logsigmoid(x), F.softsign(x), F.threshold(x, 0.1, 20.0),
            F.hardshrink(x), F.softshrink(x), F.tanhshrink(x), F.glu(x).repeat(1, 2), torch.softmax(x, 1),
            F.log_softmax(x, dim=-1), F.rrelu(x), F.normalize(x), F.softmin(x, dim=1)
        ]
        b = [
            torch.exp(x), torch.log(p), torch.sqrt(p), torch.rsqrt(p), x.square(), torch.reciprocal(p), torch.erf(x),
            torch.erfc(x), torch.floor(x), torch.ceil(x), torch.round(x), torch.trunc(x), torch.frac(x), torch.sin(x), torch.cos(x),
            torch.atan(x), torch.sinh(x), torch.cosh(x), torch.asinh(x), torch.sign(x), -x, torch.exp2(x), torch.expm1(x),
            torch.log2(p), torch.log10(p), torch.log1p(p), torch.isnan(x).float(), torch.isfinite(x).float()
        ]
        return torch.cat(a, 1), torch.cat(b, 1)


class Arithmetic(nn.Module):
    """Numbers and tensors on both sides, whole numbers and floats, broadcasting, comparisons, choices."""

    def __init__(self):
        super().__init__()
        self.register_buffer("scale", torch.rand(1, 6) + 0.5)
        self.register_buffer("steps", torch.arange(6), persistent=False)

    def forward(self, x, n):
        y = (x + 1) * 2 - x / self.scale
        y = 3 - y * self.scale + torch.add(x, self.scale, alpha=0.5)
        y = -torch.sub(y, x, alpha=2) * self.steps
        y = y / (x * x + 1.5) + x**2 + (x.abs() + 0.5)**1.5 + 2.0**x
        z = n * 2 + self.steps - n // 3 + n % 4
        w = torch.where((x > 0) & (n >= 3), x, n) + torch.where(n != 2, 1.0, 0.0)
        v = x.masked_fill(n.eq(1) | ~(x <= 0.5), -5.0) + torch.maximum(x, self.scale) - torch.minimum(x, self.scale)
        u = torch.div(x, 0.3, rounding_mode="floor") + torch.div(x, 0.3, rounding_mode="trunc") + torch.remainder(
            x, 0.7) + torch.fmod(x, 0.7) + torch.floor_divide(x, 0.4)
        t = torch.addcmul(x, self.scale, x, value=0.5) + torch.addcdiv(x, x, self.scale) + torch.lerp(x, self.scale, 0.3)
        s = n / 2 + n.float() + n.to(torch.int32) + (n > 1).to(x.dtype)
        return y, z, w, v, u, t, s, torch.logical_xor(x > 0, n > 2), torch.clamp(n, 1, 3)


class Shapes(nn.Module):

    def forward(self, x):  # [batch, 4, 6]
        b = x.size(0)
        a = x.view(b, 2, 2, 6).permute(0, 2, 3, 1).reshape(b, -1)
        c = x.unflatten(2, (2, -1)).flatten(1, 2).transpose(1, 2).contiguous().view(-1, 24)
        d = x.unsqueeze(2).expand(-1, -1, 3, 6).flatten(2).squeeze(0)
        e = x.movedim(1, 2).reshape(x.shape[0], x.shape[1] * x.shape[2] // 2, 2)
        f = x[:, 1:, ::2] + x.narrow(1, 0, 3).select(2, -1).unsqueeze(-1)
        g, h = x.chunk(2, 1)
        i, j, k = x.split([1, 2, 3], 2)
        l = torch.stack([g, h], -1).flatten(1)
        m = torch.cat([p.mean(2) for p in (i, j, k)] + list(x.unbind(2))[:2], 1)
        n = x.repeat(1, 2, 1) + x.repeat_interleave(2, dim=1) + torch.tile(x, (1, 2, 1))
        o = x.roll(2, 2) + x.flip(1) + x.view_as(x).reshape_as(x).expand_as(x) + x.swapaxes(1, 2).mT
        return a, c, d, e, f, l, m, n, o


class Pictures(nn.Module):
    """Pads, pixels to channels and back, resizing, pools."""

    def forward(self, x):  # [batch, 4, 6, 8]
        pads = [
            F.pad(x, (1, 2)), F.pad(x, (1, 2, 0, 1), value=0.5), F.pad(x, (2, 1, 1, 2), mode="reflect"),
            F.pad(x, (2, 1, 1, 2), mode="replicate"), F.pad(x, (-1, 1, 0, -2))
        ]
        moved = [F.pixel_shuffle(x, 2), F.pixel_unshuffle(x, 2), F.channel_shuffle(x, 2)]
        sized = [
            F.interpolate(x, scale_factor=2), F.interpolate(x, size=(9, 5)), F.interpolate(x, size=(9, 5), mode="bilinear"),
            F.interpolate(x, scale_factor=1.7, mode="bilinear"), F.interpolate(x, size=(9, 11), mode="bilinear", align_corners=True),
            F.interpolate(x, scale_factor=2, mode="bicubic"), F.interpolate(x, scale_factor=0.6, mode="nearest"),
            F.interpolate(x, size=(4, 5), mode="nearest-exact"), F.interpolate(x.mean(2), size=11, mode="linear"),
            F.interpolate(x.mean(2), scale_factor=2)
        ]
        pools = [
            F.max_pool2d(x, 3, 2, 1), F.avg_pool2d(x, 3, stride=2, padding=1, count_include_pad=False),
            F.max_pool2d(x, (2, 3), stride=(2, 2), ceil_mode=True, padding=(0, 1)), F.avg_pool2d(x, 2, ceil_mode=True),
            F.adaptive_avg_pool2d(x, 1), F.adaptive_avg_pool2d(x, (3, 4)), F.max_pool1d(x.mean(2), 2), F.avg_pool1d(x.mean(2), 3, 1, 1),
            F.adaptive_avg_pool1d(x.mean(2), 4), F.adaptive_max_pool2d(x, 1), x.mean((2, 3))
        ]
        return (*pads, *moved, *sized, *pools)


class Reductions(nn.Module):

    def forward(self, x, n):  # [batch, 4, 6]
        top, places = x.topk(3, dim=2)
        largest, at = x.max(dim=1)
        values, order = torch.sort(x, dim=-1, descending=True)
        variance, mean = torch.var_mean(x, dim=(1, 2))
        return (x.sum(1), x.sum((1, 2), keepdim=True), x.mean(-1), x.amax((1, 2)), x.amin(1, keepdim=True), x.prod(2), n.sum(1),
                x.var(2), x.std(1, unbiased=False), x.logsumexp(1), x.norm(dim=2), x.norm(p=1, dim=(1, 2)), x.argmax(1),
                x.argmin(-1, keepdim=True), top, places, largest, at, values, order, x.cumsum(2), n.cumsum(1), (x > 1).any(1),
                (x < 3).all(2), variance, mean, torch.linalg.vector_norm(x, float("inf"), dim=1), x.argsort(1), x.min(2).values)


class Indexing(nn.Module):

    def __init__(self):
        super().__init__()
        self.register_buffer("table", torch.randn(5, 7))
        self.register_buffer("picks", torch.tensor([3, 0, 2]))

    def forward(self, x, n):  # [batch, 4, 6], whole numbers below 5 of [batch, 4]
        a = F.embedding(n, self.table)
        b = x.index_select(2, self.picks) + x[:, :, self.picks]
        c = self.table[n, (n + 1) % 7]
        d = torch.gather(x, 2, n.unsqueeze(2).expand(-1, -1, 2))
        e = torch.scatter(x, 2, n.unsqueeze(2), 9.0) + torch.scatter_add(x, 2, n.unsqueeze(2), torch.ones_like(x[:, :, :1]))
        f = torch.tril(x) + torch.triu(x, 1) * 2
        return a, b, c, d, e, f, F.one_hot(n, 5)


class Attention(nn.Module):
    """In both its forms, with masks, and by einsum; norms of the last dimensions."""

    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(8)
        self.root = nn.RMSNorm(8)
        self.query = nn.Linear(8, 8)
        self.key = nn.Linear(8, 8)
        self.value = nn.Linear(8, 8, bias=False)
        self.matrix = nn.Parameter(torch.randn(8, 8) * 0.3)
        self.register_buffer("bias", torch.randn(5, 5))

    def forward(self, tokens):
        batch, length, width = tokens.shape
        x = self.norm(tokens)
        query = self.query(x).reshape(batch, length, 2, 4).permute(0, 2, 1, 3)
        key = self.key(x).view(batch, length, 2, 4).transpose(1, 2)
        value = self.value(x).view(batch, length, 2, 4).transpose(1, 2)
        a = F.scaled_dot_product_attention(query, key, value)
        b = F.scaled_dot_product_attention(query, key, value, attn_mask=self.bias, scale=0.3)
        c = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        d = torch.matmul(torch.softmax(torch.matmul(query, key.transpose(-2, -1)) * 0.5, -1), value)
        e = torch.einsum("bhid,bhjd->bhij", query, key)
        mask = torch.ones(length, length, dtype=torch.bool).tril()
        f = F.scaled_dot_product_attention(x, x, x, attn_mask=mask)
        g = self.root(tokens) @ self.matrix + torch.bmm(x, x.transpose(1, 2)) @ tokens
        h = torch.addmm(self.query.bias, tokens[:, 0], self.matrix)
        return a, b, c, d.transpose(1, 2).reshape(batch, length, width), e, f, g, h


class Norms(nn.Module):

    def __init__(self):
        super().__init__()
        self.group = nn.GroupNorm(2, 4)
        self.instance = nn.InstanceNorm2d(4, affine=True)
        self.layer = nn.LayerNorm([6, 8])

    def forward(self, x):  # [batch, 4, 6, 8]
        return self.group(x), self.instance(x), self.layer(x), F.layer_norm(x, (8,)), F.instance_norm(x), F.group_norm(x, 4)


class Recurrent(nn.Module):
    """Layers, directions, and states from zero, from a constant and from the caller."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 4, num_layers=2, bidirectional=True, batch_first=True)
        self.steps_first = nn.LSTM(3, 5)
        self.gru = nn.GRU(3, 4, bidirectional=True, batch_first=True)
        self.rnn = nn.RNN(3, 4, batch_first=True, nonlinearity="relu", bias=False)
        self.tanh = nn.RNN(3, 4, batch_first=True)

    def forward(self, x, state):  # [batch, steps, 3], [batch, 5]
        y, (h, c) = self.lstm(x)
        z, _ = self.steps_first(x.transpose(0, 1), (state.unsqueeze(0), state.unsqueeze(0) * 0.5))
        g, last = self.gru(x)
        return y, h.transpose(0, 1), c.transpose(0, 1), z.transpose(0, 1), g, last.transpose(0, 1), self.rnn(x)[0], self.tanh(x)[0]


class Tokens(nn.Module):
    """What language models do around their layers: positions, masks, arithmetic on sizes."""

    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(11, 8, padding_idx=0)
        self.places = nn.Embedding(6, 8)
        self.shift = nn.Parameter(torch.tensor(0.5, dtype=torch.float64), requires_grad=False)

    def forward(self, ids, mask):  # whole numbers [batch, 6]
        length = ids.shape[1]
        positions = torch.arange(length, device=ids.device).unsqueeze(0)
        x = self.words(ids) + self.places(positions)
        causal = torch.full((length, length), float("-inf")).triu(1)
        seen = (1.0 - mask[:, None, :].to(x.dtype)) * -10000.0
        weights = torch.softmax(x @ x.transpose(1, 2) / 8**0.5 + causal + seen, -1)
        weights = weights.masked_fill(torch.isnan(weights), 0)
        pooled = (weights @ x * mask.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim=True).clamp(min=1e-9)
        start = torch.zeros(ids.shape[0], 1, 8) + self.shift.float()
        return pooled, start + pooled.unsqueeze(1), torch.full_like(pooled, 3) + pooled.new_ones(8)


class Joined(nn.Module):
    """Joins the batch with another dimension, so that Rheo takes one item at a time."""

    def forward(self, x):  # [batch, 4, 6]
        y = x.reshape(x.size(0) * 4, 6)
        return (y * torch.arange(6.0)).reshape(x.size(0), 4, 6)


class AsWritten(nn.Module):

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 3)

    def forward(self, x):
        return self.linear(x).relu()


class Network(nn.Module):
    """What is said in four formats."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU())
        self.inner = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1, groups=8, bias=False), nn.BatchNorm2d(8), nn.Hardtanh(0, 6),
                                   nn.Conv2d(8, 8, 1))
        self.head = nn.Linear(8, 5)

    def forward(self, image):
        x = self.stem(image)
        x = torch.relu(self.inner(x) + x)
        return self.head(F.adaptive_avg_pool2d(x, 1).flatten(1))


def whole(*shape, high=5):
    return torch.randint(0, high, shape)


class Weights(nn.Module):
    """What new weights are put into: a convolution with its norm, and two layers that share one matrix."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.first = nn.Linear(4, 4, bias=False)
        self.second = nn.Linear(4, 4, bias=False)
        self.second.weight = self.first.weight
        self.last = nn.Linear(4, 5)

    def forward(self, image):
        x = F.relu(self.norm(self.conv(image))).mean((2, 3))
        return self.last(self.second(F.relu(self.first(x))))


CASES = {
    "convolutions": (Convolutions, lambda: [torch.randn(BATCH, 3, 13, 12)]),
    "in_place": (InPlace, lambda: [torch.randn(BATCH, 1, 4, 4)]),
    "activations": (Activations, lambda: [torch.randn(BATCH, 6)]),
    "arithmetic": (Arithmetic, lambda: [torch.randn(BATCH, 6), whole(BATCH, 6)]),
    "shapes": (Shapes, lambda: [torch.randn(BATCH, 4, 6)]),
    "pictures": (Pictures, lambda: [torch.randn(BATCH, 4, 6, 8)]),
    "reductions": (Reductions, lambda: [torch.randn(BATCH, 4, 6), whole(BATCH, 4, 6)]),
    "indexing": (Indexing, lambda: [torch.randn(BATCH, 4, 6), whole(BATCH, 4)]),
    "attention": (Attention, lambda: [torch.randn(BATCH, 5, 8)]),
    "norms": (Norms, lambda: [torch.randn(BATCH, 4, 6, 8)]),
    "recurrent": (Recurrent, lambda: [torch.randn(BATCH, 6, 3), torch.randn(BATCH, 5)]),
    "tokens": (Tokens, lambda: [whole(BATCH, 6, high=11), torch.tensor([[1] * 6, [1] * 4 + [0] * 2])]),
    "joined": (Joined, lambda: [torch.randn(1, 4, 6)]),
    "as_written": (AsWritten, lambda: [torch.randn(BATCH, 4)]),
    "four_ways": (Network, lambda: [torch.randn(BATCH, 3, 16, 16)]),
}


def randomise(model):
    for module in model.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            module.running_mean.uniform_(-0.5, 0.5)
            module.running_var.uniform_(0.5, 2)
            if module.affine:
                nn.init.uniform_(module.weight, 0.5, 1.5)
                nn.init.uniform_(module.bias, -0.5, 0.5)


def without_traces(data):
    """The archive without sample inputs and without what names files of this machine; its JSON compressed."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(result, "w") as new:
        for entry in old.infolist():
            if "/sample_inputs/" in entry.filename or entry.filename.endswith("serialization_id"):
                continue
            content = old.read(entry)
            if entry.filename.endswith("models/model.json"):
                program = json.loads(content)
                for node in program["graph_module"]["graph"]["nodes"]:
                    node["metadata"].pop("stack_trace", None)
                content = json.dumps(program).encode()
            plain = zipfile.ZipInfo(entry.filename, (2020, 1, 1, 0, 0, 0))
            is_text = entry.filename.endswith(".json")
            new.writestr(plain, content, zipfile.ZIP_DEFLATED if is_text else zipfile.ZIP_STORED)
    return result.getvalue()


def write_safetensors(file, tensors):
    dtypes = {torch.float32: "F32", torch.int64: "I64", torch.int32: "I32", torch.bool: "BOOL"}
    header, data = {}, b""
    for name, tensor in tensors.items():
        content = tensor.contiguous().numpy().tobytes()
        header[name] = {"dtype": dtypes[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    file.write_bytes(len(text).to_bytes(8, "little") + text + data)


def write(name, model_class, make_inputs):
    torch.manual_seed(sum(name.encode()))
    model = model_class()
    randomise(model)
    model.eval()
    inputs = make_inputs()
    with torch.no_grad():
        answers = model(*inputs)
    batch = torch.export.Dim("batch", min=1, max=64)
    shapes = None if name == "joined" else tuple({0: batch} for _ in inputs)
    exported = torch.export.export(model, tuple(inputs), dynamic_shapes=shapes)
    buffer = io.BytesIO()
    torch.export.save(exported, buffer)
    data = buffer.getvalue() if name == "as_written" else without_traces(buffer.getvalue())
    (FOLDER / f"{name}.pt2").write_bytes(data)
    answers = answers if isinstance(answers, tuple) else [answers]
    tensors = {f"input{index}": tensor for index, tensor in enumerate(inputs)}
    tensors.update({f"output{index}": tensor for index, tensor in enumerate(answers)})
    write_safetensors(FOLDER / f"{name}.safetensors", tensors)
    if name != "four_ways":
        return
    card = {"version": 1, "inputs": [{"name": "image", "shape": [-1, 3, 16, 16]}]}
    torch.jit.save(torch.jit.trace(model, inputs), str(FOLDER / f"{name}.pt"), _extra_files={"rheo.json": json.dumps(card)})
    torch.onnx.export(model, tuple(inputs), str(FOLDER / f"{name}.onnx"), input_names=["image"], dynamo=False, opset_version=17,
                      dynamic_axes={"image": {0: "batch"}})


def write_weights():
    """The same graph with two sets of weights; the names of both survive, because nothing is folded."""
    inputs = (torch.ones(BATCH, 3, 8, 8),)
    for name, seed in (("weights_old", 21), ("weights_new", 22)):
        torch.manual_seed(seed)
        model = Weights().eval()
        randomise(model)
        program = torch.export.export(model, inputs, dynamic_shapes=({0: torch.export.Dim("batch", min=1, max=64)},))
        data = io.BytesIO()
        torch.export.save(program, data)
        (FOLDER / f"{name}.pt2").write_bytes(without_traces(data.getvalue()))
        torch.onnx.export(model, inputs, str(FOLDER / f"{name}.onnx"), input_names=["image"], dynamo=False, opset_version=17,
                          dynamic_axes={"image": {0: "batch"}}, do_constant_folding=False,
                          training=torch.onnx.TrainingMode.PRESERVE)
    parameters = {**dict(model.named_parameters()), **dict(model.named_buffers())}  # a shared one is in it once
    write_safetensors(FOLDER / "weights_new.safetensors",
                      {key: value.detach() for key, value in parameters.items() if value.dtype == torch.float32})


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, (model_class, make_inputs) in CASES.items():
        print(name)
        write(name, model_class, make_inputs)
    write_weights()


if __name__ == "__main__":
    main()
