#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains the multi-exit network of the Fashion-MNIST demo and writes it as TorchScript.

The result is one file, `model/fashion_mnist.pt`. It maps a picture in [0, 1], shaped [batch, 1, 28, 28], to a tuple
of logits [batch, 10], one per exit, from the cheapest exit to the last. The file carries `rheo.json`, which names
the input, the exits and the labels.

The last exit learns from the labels, the other exits mostly from the last one, because an early answer is good when it
is the answer that the last exit would give. The last 10,000 training pictures are the calibration set and are never
trained on.

    python3 train.py                # the network of the demo
    python3 train.py --width 0.5    # the control: half the channels, only the last exit, same recipe; writes no file
"""
import argparse
import gzip
import itertools
import json
import math
import os
import pathlib
import time

import numpy
import torch
from torch import nn
from torch.nn import functional

LABELS = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]
EXITS = ["exit1", "exit2", "exit3", "final"]
CALIBRATION = 10_000      # pictures at the end of the training file that are never trained on
DISAGREEMENT = 0.0075     # share of calibration pictures that the adaptive estimate may answer unlike the last exit


# ---- the network ----

def conv(inputs, outputs, kernel=3, stride=1):
    """Convolution and batch norm. The batch norm also takes the place of any normalisation of the input."""
    return nn.Sequential(nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs))


class Block(nn.Module):
    """Two convolutions around which the input is added back: [batch, channels, height, width] -> the same."""

    def __init__(self, channels):
        super().__init__()
        self.first = conv(channels, channels)
        self.inner = nn.ReLU()
        self.second = conv(channels, channels)
        self.outer = nn.ReLU()

    def forward(self, x):
        return self.outer(x + self.second(self.inner(self.first(x))))


def grid_head(channels):
    """Classifies what a 3 x 3 grid over a 7 x 7 map shows: where a feature is seen still matters to a shallow exit."""
    return nn.Sequential(nn.AvgPool2d(3, 2), nn.Flatten(), nn.Linear(channels * 9, len(LABELS)))


def mean_head(channels):
    return nn.Sequential(nn.AvgPool2d(7), nn.Flatten(), nn.Linear(channels, len(LABELS)))


class MultiExitNet(nn.Module):
    """A coarse branch on 7 x 7 maps answers early; the fine branch on 14 x 14 maps joins it for the later exits."""

    def __init__(self, width=1.0):
        super().__init__()
        narrow, wide = int(64 * width), int(128 * width)
        self.stem = nn.Sequential(conv(1, narrow, 5, 2), nn.ReLU())                # [batch, narrow, 14, 14]
        self.coarse1 = nn.Sequential(conv(narrow, narrow, 3, 2), nn.ReLU())        # [batch, narrow, 7, 7]
        self.exit1 = grid_head(narrow)
        self.coarse2 = Block(narrow)
        self.exit2 = grid_head(narrow)
        self.fine = Block(narrow)                                                  # [batch, narrow, 14, 14]
        self.fine_down = conv(narrow, wide, 3, 2)                                  # [batch, wide, 7, 7]
        self.coarse_up = conv(narrow, wide, 1)
        self.join = nn.ReLU()
        self.exit3 = grid_head(wide)
        self.last = nn.Sequential(Block(wide), Block(wide))
        self.final = mean_head(wide)

    def forward(self, image):
        stem = self.stem(image)
        coarse = self.coarse1(stem)
        exit1 = self.exit1(coarse)
        coarse = self.coarse2(coarse)
        exit2 = self.exit2(coarse)
        joined = self.join(self.fine_down(self.fine(stem)) + self.coarse_up(coarse))
        exit3 = self.exit3(joined)
        return exit1, exit2, exit3, self.final(self.last(joined))


def multiply_adds(width):
    """Multiply-adds of one picture up to each exit: forward() runs the exits in order and each ends in a Linear."""
    ran, at_exit = [], []

    def count(layer, _, output):
        ran.append(layer.weight.numel() * (output[0, 0].numel() if output.dim() == 4 else 1))
        if isinstance(layer, nn.Linear):
            at_exit.append(sum(ran))

    model = MultiExitNet(width).eval()
    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            module.register_forward_hook(count)
    model(torch.zeros(1, 1, 28, 28))
    return at_exit


# ---- the data ----

def read_idx(folder, name):
    packed, plain = folder / (name + ".gz"), folder / name
    data = gzip.decompress(packed.read_bytes()) if packed.exists() else plain.read_bytes()
    sizes = numpy.frombuffer(data, ">u4", data[3], 4)
    return numpy.frombuffer(data, numpy.uint8, offset=4 + 4 * len(sizes)).reshape(sizes).copy()


def read_pictures(folder, split):
    """Pictures in [0, 1] as [count, 1, 28, 28] and labels as [count]."""
    pictures = torch.from_numpy(read_idx(folder, f"{split}-images-idx3-ubyte")).unsqueeze(1).float() / 255
    return pictures, torch.from_numpy(read_idx(folder, f"{split}-labels-idx1-ubyte")).long()


def augment(pictures, shift=2, largest_hole=10):
    """Mirrors half of the pictures, moves each by up to `shift` pixels, and blanks a square in half of them."""
    count, _, _, size = pictures.shape
    places = torch.arange(size)
    rows = places + torch.randint(0, 2 * shift + 1, (count, 1))
    columns = places + torch.randint(0, 2 * shift + 1, (count, 1))
    columns = torch.where(torch.rand(count, 1) < 0.5, columns, columns.flip(1))
    padded = functional.pad(pictures, (shift,) * 4)[:, 0]
    moved = padded[torch.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]]
    hole = torch.randint(1, largest_hole + 1, (count, 1)) * (torch.rand(count, 1) < 0.5)
    top, left = torch.randint(0, size, (2, count, 1))
    in_rows = (places >= top - hole // 2) & (places < top - hole // 2 + hole)
    in_columns = (places >= left - hole // 2) & (places < left - hole // 2 + hole)
    return moved.masked_fill(in_rows[:, :, None] & in_columns[:, None, :], 0).unsqueeze(1)


# ---- training ----

def loss_of(outputs, labels, smoothing=0.05, from_final=0.8):
    """Cross entropy with the labels for the last exit; the others follow `from_final` parts of its answer."""
    final = outputs[-1]
    loss = functional.cross_entropy(final, labels, label_smoothing=smoothing)
    target = from_final * final.detach().softmax(1) + (1 - from_final) * functional.one_hot(labels, len(LABELS))
    for output in outputs[:-1]:
        loss = loss + 0.5 * functional.cross_entropy(output, target)
    return loss


def train(model, pictures, labels, epochs, only_final, batch=128, peak_rate=0.1, memory=0.998):
    """One-cycle SGD in bfloat16; leaves the running average of the weights in `model`."""
    model.train().to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), peak_rate, momentum=0.9, nesterov=True, weight_decay=5e-4)
    steps = len(pictures) // batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, peak_rate, epochs * steps, pct_start=0.2)
    average = {name: value.clone() for name, value in model.state_dict().items()}
    for epoch in range(epochs):
        start, total = time.time(), 0.0
        order = torch.randperm(len(pictures))
        for step in range(steps):
            chosen = order[step * batch:(step + 1) * batch]
            with torch.autocast("cpu", dtype=torch.bfloat16):
                outputs = model(augment(pictures[chosen]))
            outputs = [output.float() for output in outputs]
            loss = loss_of(outputs[-1:] if only_final else outputs, labels[chosen])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
            for name, value in model.state_dict().items():
                if value.is_floating_point():
                    average[name].lerp_(value, max(1 - memory, 1 / (1 + epoch * steps + step)))
        if not math.isfinite(total):
            raise SystemExit(f"train.py: the loss is no longer finite in epoch {epoch + 1}; try a lower peak_rate")
        print(f"epoch {epoch + 1}/{epochs}: loss {total / steps:.4f}, {time.time() - start:.1f} s", flush=True)
    model.load_state_dict(average)
    model.eval()


# ---- what came out ----

def share_equal(left, right):
    return (left == right).float().mean().item()


def logits_of(model, pictures):
    """[exits, count, 10]"""
    with torch.no_grad():
        return torch.stack([torch.cat(parts) for parts in zip(*(model(part) for part in pictures.split(500)))])


def margins_of(logits):
    best = logits.softmax(-1).topk(2).values
    return best[..., 0] - best[..., 1]


def answer_adaptively(logits, thresholds):
    """The exit that answers each picture, and whether it says what the last exit says."""
    early = margins_of(logits[:-1]) >= torch.tensor(thresholds)[:, None]
    stop = torch.cat([early, torch.ones(1, logits.shape[1], dtype=torch.bool)])
    used = stop.float().argmax(0)
    answers = logits.argmax(-1)
    return used, answers.gather(0, used[None])[0] == answers[-1]


def tune_thresholds(logits, costs, steps=15):
    """The cheapest margins that keep within DISAGREEMENT: tries every split of the allowance over the early exits."""
    margins, wrong = margins_of(logits), logits.argmax(-1) != logits[-1].argmax(-1)
    allowed, cheapest, best = int(DISAGREEMENT * logits.shape[1]), math.inf, []
    splits = (split for split in itertools.product(range(steps + 1), repeat=len(costs) - 1) if sum(split) <= steps)
    for split in splits:
        left, thresholds = torch.ones(logits.shape[1], dtype=torch.bool), []
        for exit_index, part in enumerate(split):
            bad = margins[exit_index][left & wrong[exit_index]].sort(descending=True).values
            spend = allowed * part // steps
            thresholds.append(bad[spend].item() + 1e-7 if spend < len(bad) else 0.0)
            left &= margins[exit_index] < thresholds[-1]
        cost = sum(costs[exit_index] for exit_index in answer_adaptively(logits, thresholds)[0].tolist())
        if cost < cheapest:
            cheapest, best = cost, thresholds
    return best


def report(costs, calibration, test, test_labels):
    print(f"{'exit':6} {'multiply-adds':>13} {'share':>6} {'accuracy':>13} {'agrees: calibration':>19} {'test':>7}")
    for name, cost, early, early_test in zip(EXITS, costs, calibration.argmax(-1), test.argmax(-1)):
        agrees = share_equal(early, calibration[-1].argmax(1)), share_equal(early_test, test[-1].argmax(1))
        print(f"{name:6} {cost:13,} {cost / costs[-1]:6.1%} {share_equal(early_test, test_labels):13.2%} "
              f"{agrees[0]:19.2%} {agrees[1]:7.2%}")
    thresholds = tune_thresholds(calibration, costs)
    print("adaptive: margins", ", ".join(f"{threshold:.4f}" for threshold in thresholds))
    for name, part in (("calibration", calibration), ("test", test)):
        used, same = answer_adaptively(part, thresholds)
        shares = (torch.bincount(used, minlength=len(EXITS)) / len(used)).tolist()
        mean = sum(share * cost for share, cost in zip(shares, costs)) / costs[-1]
        print(f"adaptive on {name}: {1 - same.float().mean().item():.2%} differ from the last exit; answered by "
              + ", ".join(f"{exit_name} {share:.1%}" for exit_name, share in zip(EXITS, shares))
              + f"; mean multiply-adds {mean:.3f} of full depth")


def save(model, file):
    """Writes beside the file and renames, so that a reader never sees half a model."""
    card = {"version": 1,
            "inputs": [{"name": "image", "dtype": "f32", "shape": [-1, 1, 28, 28], "scale": 1 / 255, "offset": 0.0}],
            "exits": [{"name": name, "output": index} for index, name in enumerate(EXITS)],
            "labels": LABELS}
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(".partial")
    model.to(memory_format=torch.contiguous_format)
    torch.jit.save(torch.jit.script(model), str(partial), _extra_files={"rheo.json": json.dumps(card)})
    os.replace(partial, file)
    print(f"wrote {file}: {file.stat().st_size:,} bytes")


def main():
    here = pathlib.Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--width", type=float, default=1.0, help="share of the channels; below 1 is the control run")
    parser.add_argument("--data", type=pathlib.Path, default="/usr/share/datasets/fashion-mnist")
    parser.add_argument("--output", type=pathlib.Path, default=here / "model" / "fashion_mnist.pt")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="1 where the cores are busy")
    options = parser.parse_args()

    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    pictures, labels = read_pictures(options.data, "train")
    test, test_labels = read_pictures(options.data, "t10k")
    costs, model = multiply_adds(options.width), MultiExitNet(options.width)
    print(f"{sum(value.numel() for value in model.parameters()):,} parameters, {costs[-1]:,} multiply-adds")
    control = options.width < 1
    train(model, pictures[:-CALIBRATION], labels[:-CALIBRATION], options.epochs, control)
    logits = logits_of(model, test)
    accuracy = share_equal(logits[-1].argmax(1), test_labels)
    if not control:
        report(costs, logits_of(model, pictures[-CALIBRATION:]), logits, test_labels)
        save(model, options.output)
        return
    print(f"width {options.width}: {accuracy:.2%} on the test pictures")
    if options.output.exists():
        full = share_equal(logits_of(torch.jit.load(str(options.output)), test)[-1].argmax(1), test_labels)
        print(f"full width: {full:.2%}, so the control loses {100 * (full - accuracy):.2f} points")


if __name__ == "__main__":
    main()
