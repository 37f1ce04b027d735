#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes model/sentences.onnx: a sentence encoder of one layer and 32 known words with random weights, whose batch and
number of words are open. Needs PyTorch and the onnx package; tools/export_model.py says how they are installed."""
import pathlib
import sys

import torch

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tools"))
from export_bert import SentenceEncoder  # noqa: E402

CONFIG = {"hidden_size": 16, "intermediate_size": 32, "num_attention_heads": 2, "num_hidden_layers": 1, "layer_norm_eps": 1e-12,
          "vocab_size": 32, "max_position_embeddings": 64, "type_vocab_size": 1}

torch.manual_seed(7)
model = SentenceEncoder(CONFIG).eval()
words = torch.ones(2, 8, dtype=torch.int64)
names = ["input_ids", "attention_mask"]
torch.onnx.export(model, (words, words), str(HERE / "model" / "sentences.onnx"), input_names=names, output_names=["embedding"],
                  dynamo=False, opset_version=17, dynamic_axes={name: {0: "batch", 1: "sequence"} for name in names})
