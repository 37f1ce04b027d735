#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains a sentence encoder with exits: all-MiniLM-L6-v2 that tells the section of the archive from a description.

    python3 train.py --to DIR

Every layer gets a head: the mean over the words, one hidden layer, and the sections. All of it is trained at once, the
encoder included but for the embedding of words. The last head learns from the labels, the others from the labels and from the last head, because an
early answer is good when it is the answer that the last exit would give.

DIR gets sections.onnx (one input `tokens`, i64 [batch, 48]; outputs exit1 to exit5 and final, which rheo.json in its
metadata names as exits), calibration.npy and calibration_labels.npy (half of the packages held back, for `rheo adapt`),
and test.npy and test_labels.npy (the other half). The script makes itself an environment with PyTorch in
build/export/venv; --here uses the interpreter that runs it.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import time
import warnings
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "tools"))

WORDS = 48            # tokens of a description that are read; what is longer is cut
HELD_BACK = 0.3       # share of the source packages
BATCH = 32
EXITS = ["exit1", "exit2", "exit3", "exit4", "exit5", "final"]


def open_encoder():
    """The network of tools/export_bert.py with its published weights, and the tokenizer that belongs to it."""
    import importlib.util

    import export_bert
    import safetensors.torch
    from tokenizers import Tokenizer

    folder = pathlib.Path(importlib.util.find_spec("all_minilm_l6_v2").origin).parent
    with zipfile.ZipFile(folder / "model.zip") as archive:
        config = json.loads(archive.read("config.json"))
        weights = safetensors.torch.load(archive.read("model.safetensors"))
        tokenizer = Tokenizer.from_str(archive.read("tokenizer.json").decode())
    tokenizer.enable_truncation(WORDS)
    tokenizer.enable_padding(length=WORDS)
    return export_bert.SentenceEncoder(config, weights), tokenizer


def with_exits(encoder, sections):
    from torch import nn

    class SectionsOfPackages(nn.Module):
        """Token numbers [batch, words], 0 where there is none, to logits [batch, sections] after every layer."""

        def __init__(self):
            super().__init__()
            self.encoder = encoder
            width = encoder.words.embedding_dim
            self.heads = nn.ModuleList(
                nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, sections)) for _ in encoder.layers)

        def forward(self, tokens):
            e = self.encoder
            seen = (tokens != 0).float()
            x = e.norm(e.words(tokens) + e.positions.weight[: tokens.shape[1]] + e.kinds.weight[0])
            mask = (1.0 - seen)[:, None, None, :] * -10000.0
            count = seen.sum(1, keepdim=True)
            answers = []
            for layer, head in zip(e.layers, self.heads):
                x = layer(x, mask)
                answers.append(head((x * seen[:, :, None]).sum(1) / count))
            return tuple(answers)

    return SectionsOfPackages()


def loss_of(answers, labels):
    from torch.nn import functional

    final = answers[-1].float()
    taught = final.detach().softmax(1)
    total = functional.cross_entropy(final, labels)
    for answer in answers[:-1]:
        answer = answer.float()
        total = total + 0.3 * functional.cross_entropy(answer, labels) - 0.7 * (taught * answer.log_softmax(1)).sum(1).mean()
    return total


def train(model, tokens, labels, options):
    import torch

    generator = torch.Generator().manual_seed(options.seed)
    model.encoder.words.weight.requires_grad = False  # half of all weights, and too few descriptions to move them
    heads = set(model.heads.parameters())
    others = [p for p in model.parameters() if p.requires_grad and p not in heads]
    optimizer = torch.optim.AdamW([{"params": others, "lr": 1e-4},
                                   {"params": list(heads), "lr": 1e-3}], weight_decay=0.01)
    steps = options.epochs * (len(tokens) // BATCH)
    warm = max(1, min(100, steps // 10))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm, max(0.0, (steps - step) / max(1, steps - warm))))
    started, step = time.time(), 0
    model.train()
    for _ in range(options.epochs):
        for rows in torch.randperm(len(tokens), generator=generator).split(BATCH):
            if len(rows) < BATCH:
                continue
            with torch.autocast("cpu", dtype=torch.bfloat16):
                answers = model(tokens[rows])
            loss = loss_of(answers, labels[rows])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            step += 1
            if step % 50 == 0:
                print(f"step {step} of {steps}: loss {loss.item():.3f}, {time.time() - started:.0f} s", flush=True)
    model.eval()


def show(model, tokens, labels):
    """Accuracy of every exit, and how often it says what the last one says."""
    import torch

    with torch.no_grad():
        answers = [torch.cat(parts).argmax(1) for parts in zip(*(model(part) for part in tokens.split(128)))]
    print("| exit | accuracy | agrees with final |\n|---|---|---|")
    for name, answer in zip(EXITS, answers):
        right, same = (answer == labels).float().mean(), (answer == answers[-1]).float().mean()
        print(f"| {name} | {100 * right:.2f} % | {100 * same:.2f} % |")


def export(model, sections, file):
    import onnx
    import torch

    warnings.filterwarnings("ignore")
    torch.onnx.export(model, (torch.ones(2, WORDS, dtype=torch.int64),), file, dynamo=False, opset_version=18,
                      input_names=["tokens"], output_names=EXITS,
                      dynamic_axes={name: {0: "batch"} for name in ["tokens", *EXITS]})
    saved = onnx.load(file)
    card = {"version": 1, "exits": [{"name": name, "output": i} for i, name in enumerate(EXITS)], "labels": sections}
    onnx.helper.set_model_props(saved, {"rheo.json": json.dumps(card)})
    onnx.save(saved, file)


def make(options):
    import descriptions
    import numpy
    import torch

    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    lists = ROOT / "build" / "debian_lists"
    descriptions.fetch_lists(lists)
    rows, sections = descriptions.read(lists)
    training, others = descriptions.split(rows, HELD_BACK)
    training = [training[i] for i in torch.randperm(len(training))[: options.packages].tolist()]
    print(f"{len(sections)} sections, {len(training)} packages to train on, {len(others)} held back", flush=True)
    encoder, tokenizer = open_encoder()

    def tensors(part):
        numbers = torch.tensor([e.ids for e in tokenizer.encode_batch([text for _, text, _ in part])])
        return numbers, torch.tensor([sections.index(section) for _, _, section in part])

    model = with_exits(encoder, len(sections))
    train(model, *tensors(training), options)
    options.to.mkdir(parents=True, exist_ok=True)
    export(model, sections, options.to / "sections.onnx")
    half = len(others) // 2
    for name, part in (("calibration", others[:half]), ("test", others[half:])):
        numbers, labels = tensors(part)
        numpy.save(options.to / f"{name}.npy", numbers.numpy())
        numpy.save(options.to / f"{name}_labels.npy", labels.int().numpy())
    show(model, numbers, labels)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", type=pathlib.Path, default=ROOT / "build" / "debian_sections", metavar="DIR")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--packages", type=int, default=16000, help="packages to train on, at most")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--here", action="store_true", help="use this interpreter's packages")
    options = parser.parse_args()
    if not options.here:
        import export_model

        python = export_model.install(ROOT / "build" / "export" / "venv", HERE / "packages.txt")
        sys.exit(subprocess.run([python, __file__, "--here", *sys.argv[1:]]).returncode)
    make(options)


if __name__ == "__main__":
    main()
