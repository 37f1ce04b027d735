#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the golden files of the TorchScript importer: small models and what LibTorch answers for them.

For every case tests/golden/models/ gets NAME.scripted.pt and NAME.traced.pt, one input NAME.input.npy and one
NAME.EXIT.npy per exit. Everything follows from a seed. Regenerate with

    python3 tools/make_fixtures.py

and look at the difference before committing: only cases that were meant to change may change.
"""
import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy
import torch
from torch import nn
from torch.nn import functional

HERE = pathlib.Path(__file__).resolve()
MODELS = HERE.parent.parent / "tests" / "golden" / "models"


class Convolutions(nn.Module):
    """Stride, padding, dilation and groups; with and without bias; named paddings."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.depthwise = nn.Conv2d(8, 8, 3, padding=2, dilation=2, groups=8, bias=False)
        self.same = nn.Conv2d(8, 6, (2, 4), padding="same")
        self.valid = nn.Conv2d(6, 4, (3, 1), padding="valid")
        self.wide = nn.Conv2d(4, 4, (1, 3), stride=(1, 2), padding=(0, 1))

    def forward(self, image):
        return self.wide(self.valid(self.same(self.depthwise(self.first(image)))))


class Residual(nn.Module):
    """Batch norms, in-place activations, additions, dropout, and two exits."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU(inplace=True))
        self.inner = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.BatchNorm2d(8, affine=False), nn.ReLU6(inplace=True))
        self.early = nn.Linear(8, 5)
        self.last = nn.Linear(8 * 4, 5, bias=False)
        self.dropout = nn.Dropout(0.5)

    def forward(self, image):
        x = self.stem(image)
        early = self.early(self.dropout(functional.adaptive_avg_pool2d(x, 1).flatten(1)))
        y = self.inner(x)
        y += x
        y = functional.max_pool2d(functional.relu_(y), 2)
        y = functional.adaptive_avg_pool2d(y, (2, 2))
        return early, self.last(y.view(y.size(0), -1))


class Pools(nn.Module):
    """Windows with and without stride, padding and ceil mode, side by side."""

    def forward(self, image):
        a = functional.max_pool2d(image, 3, 2, 1)
        b = functional.avg_pool2d(image, 3, stride=2, padding=1, count_include_pad=False)
        c = functional.max_pool2d(image, (2, 3), stride=(2, 2), ceil_mode=True, padding=(0, 1))
        d = functional.avg_pool2d(image, 2, ceil_mode=True)
        return torch.cat([a, b, c, d], dim=1).mean([2, 3])


class Activations(nn.Module):
    """Every activation, one after another on the same input, side by side in the answer."""

    def forward(self, x):
        parts = [
            torch.relu(x), functional.relu6(x), functional.hardtanh(x, -0.5, 0.25), torch.clamp(x, -0.2, 0.9),
            torch.clamp(x, min=0.1), x.clamp_max(0.3), functional.hardswish(x), functional.hardsigmoid(x),
            functional.silu(x), functional.gelu(x), torch.sigmoid(x), torch.tanh(x), torch.softmax(x, 1),
            functional.log_softmax(x, dim=-1)
        ]
        return torch.cat(parts, 1)


class Arithmetic(nn.Module):
    """Numbers and tensors on both sides, broadcasting, factors."""

    def __init__(self):
        super().__init__()
        self.register_buffer("scale", torch.rand(1, 6) + 0.5)
        self.register_buffer("steps", torch.arange(6))

    def forward(self, x):
        y = (x + 1) * 2 - x / self.scale
        y = 3 - y * self.scale + torch.add(x, self.scale, alpha=0.5)
        y = -torch.sub(y, x, alpha=2) * self.steps
        return y / (x * x + 1.5)


class Linears(nn.Module):
    """x * W^T + b in all its spellings."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(6, 8)
        self.matrix = nn.Parameter(torch.randn(8, 7) * 0.3)
        self.bias = nn.Parameter(torch.randn(7))

    def forward(self, x):
        y = self.linear(x)
        a = torch.addmm(self.bias, y, self.matrix)
        b = torch.matmul(y, self.matrix) + self.bias
        return a * b + torch.mm(y, self.matrix.detach())


class Attention(nn.Module):
    """Layer norm, reshape, transpose, permute, matmul of two computed values, softmax, select, slice."""

    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(8)
        self.plain = nn.LayerNorm((8,), elementwise_affine=False)
        self.query = nn.Linear(8, 8)
        self.key = nn.Linear(8, 8)
        self.value = nn.Linear(8, 8)

    def forward(self, tokens):
        batch, length, width = tokens.shape
        x = self.norm(tokens)
        query = self.query(x).reshape(batch, length, 2, 4).permute(0, 2, 1, 3)
        key = self.key(x).view(batch, length, 2, 4).transpose(1, 2)
        value = self.value(x).view(batch, length, 2, 4).transpose(1, 2).contiguous()
        weights = torch.softmax(torch.matmul(query, key.transpose(-2, -1)) * 0.5, -1)
        mixed = torch.matmul(weights, value).transpose(1, 2).reshape(batch, length, width)
        x = self.plain(tokens + mixed)
        return torch.cat([x[:, 0], x[:, -2:].mean(1), x[:, 1:4:2].unsqueeze(1).squeeze(1).flatten(1)], 1)


class InPlaceOnView(nn.Module):
    """Overwrites a view of a tensor that nobody reads again."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3)

    def forward(self, image):
        return self.conv(image).flatten(1).relu_().mul_(2.0)


class InPlaceReadAgain(nn.Module):
    """Overwrites a view of a tensor that is read afterwards: taken as a fresh result, the answer would be wrong."""

    def forward(self, x):
        y = x * 2
        y.view(y.size(0), -1).relu_()
        return y + 1


class MoreConvolutions(nn.Module):
    """Groups of several channels, the general form of a convolution, and a pool with holes."""

    def __init__(self):
        super().__init__()
        self.grouped = nn.Conv2d(4, 6, 3, padding=1, groups=2)
        self.weight = nn.Parameter(torch.randn(4, 6, 3, 3) * 0.2)
        self.bias = nn.Parameter(torch.randn(4))
        self.dropout = nn.Dropout2d(0.5)

    def forward(self, image):
        x = self.dropout(self.grouped(image))
        x = torch.convolution(x, self.weight, self.bias, [2, 1], [1, 1], [1, 1], False, [0, 0], 1)
        x = torch.feature_dropout(x, 0.5, False)
        return functional.max_pool2d(x, 3, stride=1, padding=1, dilation=2).clamp_min(0.0).flatten(1)


class Batches(nn.Module):
    """A product of two stacks of matrices."""

    def forward(self, x):
        return torch.bmm(x, x.transpose(1, 2)).flatten(1)


class Bytes(nn.Module):
    """Pictures as they are stored, in every spelling of a cast."""

    def forward(self, image):
        a = image.float() / 255
        b = image.to(torch.float32) * 0.5
        c = image.to(torch.int64).to(torch.float64).float() - 1
        return torch.cat([a, b, c, image / 2], 1)


class Half(nn.Module):
    """A model that was stored in 16 bits."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(2, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU())
        self.head = nn.Linear(4, 3)

    def forward(self, image):
        return self.head(functional.adaptive_avg_pool2d(self.features(image), 1).flatten(1))


class Recurrent(nn.Module):
    """Layers and directions, from zeros and from a state that is computed."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 4, num_layers=2, bidirectional=True, batch_first=True)
        self.gru = nn.GRU(3, 5, batch_first=True)

    def forward(self, x):
        y, state = self.lstm(x)
        z, last = self.gru(x, x[:, 0, :1].repeat(1, 5).unsqueeze(0))
        return torch.cat([y.flatten(1), state[1].transpose(0, 1).flatten(1), z.flatten(1), last.squeeze(0)], 1)


class Places(nn.Module):
    """Transposed and one-dimensional convolutions, pads, resizing, pixels to channels and back."""

    def __init__(self):
        super().__init__()
        self.up = nn.ConvTranspose2d(4, 4, 3, stride=2, padding=1, output_padding=1)
        self.line = nn.Conv1d(4, 3, 3, padding=1)
        self.norm = nn.GroupNorm(2, 4)

    def forward(self, image):
        x = self.norm(self.up(functional.pad(image, [1, 2, 0, 1])))
        y = functional.interpolate(x, scale_factor=[2.0, 2.0], mode="bilinear", align_corners=False)
        z = functional.pixel_shuffle(functional.interpolate(image, size=[3, 5]), 2)
        return torch.cat([y.flatten(1), z.flatten(1), self.line(image.mean(2)).flatten(1)], 1)


class Choices(nn.Module):
    """Comparisons and choices, parts of tensors, elements in order."""

    def forward(self, x):
        a, b = x.chunk(2, 1)
        c = torch.where(a > b, a, b * 2).masked_fill(a < -1, 0.5)
        values, places = x.topk(2, 1)
        d = torch.stack([a, b], 2).sum(2) + torch.cumsum(a, 1) + torch.maximum(a, b)
        e = x.gather(1, places) + x.argmax(1, keepdim=True) + values
        first, second = torch.split(x, [2, 4], 1)
        return torch.cat([c, d, e, first.std(1, True, True), second.logsumexp(1, True), x.norm(2, 1, True)], 1)


class Sizes(nn.Module):
    """Arithmetic on sizes, positions, and a mask of them."""

    def __init__(self):
        super().__init__()
        self.places = nn.Embedding(7, 6)

    def forward(self, x):
        batch, length = x.size(0), x.size(1)
        places = self.places(torch.arange(length)).unsqueeze(0).expand(batch, length, 6)
        mask = torch.ones(length, length, dtype=torch.bool).tril()
        weights = (x @ places.transpose(1, 2)).masked_fill(~mask, -10000.0).softmax(-1)
        return (weights @ x).reshape(batch, length // 2, x.shape[2] * 2).flatten(1)


class OneItem(nn.Module):
    """Exported for one item, but nothing in it needs that."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3)
        self.head = nn.Linear(8, 3)

    def forward(self, image):
        x = self.conv(image)
        return self.head(x.view(x.size(0), -1))


class Unsupported(nn.Module):
    """Two ops that Rheo lacks, for the message that lists them."""

    def forward(self, x):
        y = torch.lgamma(x)
        return torch.relu(y) + torch.erfinv(x)


class Branch(nn.Module):
    """Decides by its input, which no importer can follow."""

    def forward(self, x):
        if bool(x.sum() > 0):
            return x + 1
        return x - 1


CASES = {
    "convolutions": (Convolutions, [3, 13, 11], ["final"]),
    "residual": (Residual, [3, 8, 8], ["early", "final"]),
    "pools": (Pools, [2, 9, 9], ["final"]),
    "activations": (Activations, [6], ["final"]),
    "arithmetic": (Arithmetic, [6], ["final"]),
    "linears": (Linears, [6], ["final"]),
    "attention": (Attention, [5, 8], ["final"]),
    "in_place_on_view": (InPlaceOnView, [1, 4, 4], ["final"]),
    "more_convolutions": (MoreConvolutions, [4, 9, 8], ["final"]),
    "batches": (Batches, [3, 5], ["final"]),
    "bytes": (Bytes, [6], ["final"]),
    "half": (Half, [2, 6, 6], ["final"]),
    "recurrent": (Recurrent, [4, 3], ["final"]),
    "places": (Places, [4, 5, 6], ["final"]),
    "choices": (Choices, [6], ["final"]),
    "sizes": (Sizes, [4, 6], ["final"]),
}
BATCH = 2
# Scripted, interpolate loops over the dimensions of its input.
TRACED_ONLY = ["places"]
DTYPES = {"bytes": "u8", "half": "f16"}  # of inputs; the rest are f32


def card(shape, exits, dtype="f32", batch=-1):
    return json.dumps({"version": 1,
                       "inputs": [{"name": "input", "dtype": dtype, "shape": [batch, *shape], "scale": 0.5, "offset": 0.25}],
                       "exits": [{"name": name, "output": index} for index, name in enumerate(exits)],
                       "labels": ["a", "b"]})


def randomise(model):
    """Statistics as after training, so that batch norms have something to do."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.uniform_(-0.5, 0.5)
            module.running_var.uniform_(0.5, 2)
            if module.affine:
                nn.init.uniform_(module.weight, 0.5, 1.5)
                nn.init.uniform_(module.bias, -0.5, 0.5)


def write(folder, name, model_class, shape, exits):
    torch.manual_seed(sum(name.encode()))
    model = model_class()
    randomise(model)
    model.eval()
    inputs = torch.randn(BATCH, *shape)
    dtype = DTYPES.get(name, "f32")
    if dtype == "u8":
        inputs = (inputs * 50 + 128).clamp(0, 255).to(torch.uint8)
    if dtype == "f16":  # LibTorch computes little of it on a CPU, so the answers come from the same numbers in f32
        model.half().float()
        inputs = inputs.half()
    with torch.no_grad():
        answers = model(inputs.float() if dtype == "f16" else inputs)
        extra = {"rheo.json": card(shape, exits, dtype)}
        if dtype != "f16":
            torch.jit.save(torch.jit.trace(model, inputs), str(folder / f"{name}.traced.pt"), _extra_files=extra)
        else:
            model.half()
        if name in TRACED_ONLY:
            save_tensors(folder, name, inputs, exits, answers)
            return
        torch.jit.save(torch.jit.script(model), str(folder / f"{name}.scripted.pt"), _extra_files=extra)
    save_tensors(folder, name, inputs, exits, answers)


def save_tensors(folder, name, inputs, exits, answers):
    numpy.save(folder / f"{name}.input.npy", inputs.numpy())
    for exit_name, answer in zip(exits, answers if isinstance(answers, tuple) else [answers]):
        numpy.save(folder / f"{name}.{exit_name}.npy", answer.numpy())


def write_one_item(folder):
    """A card and a trace that say 1 where a batch is meant."""
    torch.manual_seed(7)
    model = OneItem().eval()
    torch.jit.save(torch.jit.trace(model, torch.zeros(1, 1, 4, 4)), str(folder / "one_item.pt"),
                   _extra_files={"rheo.json": card([1, 4, 4], ["final"], batch=1)})


def write_odd_ones(folder):
    """Models that must be refused, or that name nothing."""
    extra = {"rheo.json": card([4], ["final"])}
    for name, model in (("unsupported", Unsupported()), ("branch", Branch()), ("in_place_read_again", InPlaceReadAgain())):
        torch.jit.save(torch.jit.script(model), str(folder / f"{name}.pt"), _extra_files=extra)
    torch.jit.save(torch.jit.trace(Unsupported(), torch.zeros(1, 4)), str(folder / "unsupported.traced.pt"), _extra_files=extra)
    torch.jit.save(torch.jit.script(nn.ReLU()), str(folder / "no_card.pt"))
    shutil.copy(folder / "no_card.pt", folder / "card_beside.pt")
    (folder / "card_beside.pt.json").write_text(card([4], ["answer"]))
    torch.jit.save(torch.jit.script(nn.ReLU()), str(folder / "two_inputs_named.pt"), _extra_files={
        "rheo.json": json.dumps({"version": 1, "inputs": [{"name": "a", "shape": [-1, 4]}, {"name": "b", "shape": [-1, 4]}]})})
    torch.save(nn.Linear(2, 2).state_dict(), str(folder / "weights_only.pt"))


def run_from_a_neutral_folder():
    """Models keep the file name of their source, so the script runs from a place that says nothing of this machine."""
    neutral = pathlib.Path(tempfile.gettempdir()) / "rheo-fixtures"
    neutral.mkdir()
    try:
        copy = shutil.copy(HERE, neutral)
        subprocess.run([sys.executable, "-W", "ignore", copy, "--write", str(MODELS)], check=True)
    finally:
        shutil.rmtree(neutral)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", type=pathlib.Path, help=argparse.SUPPRESS)
    folder = parser.parse_args().write
    if folder is None:
        run_from_a_neutral_folder()
        return
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    for name, (model_class, shape, exits) in CASES.items():
        write(folder, name, model_class, shape, exits)
    write_one_item(folder)
    write_odd_ones(folder)


if __name__ == "__main__":
    main()
