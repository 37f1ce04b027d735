# SPDX-License-Identifier: Apache-2.0
"""A sentence encoder of the BERT kind in plain PyTorch, for export_model.py. It reads the weights of all-MiniLM-L6-v2
by the names they have in its file."""
import math

import torch
from torch import nn
from torch.nn import functional


class Layer(nn.Module):
    """Attention of every word to every other, then two linear layers, each with a residual and a layer norm."""

    def __init__(self, config):
        super().__init__()
        width, wide, epsilon = config["hidden_size"], config["intermediate_size"], config["layer_norm_eps"]
        self.heads = config["num_attention_heads"]
        self.query, self.key, self.value = (nn.Linear(width, width) for _ in range(3))
        self.attended = nn.Linear(width, width)
        self.attended_norm = nn.LayerNorm(width, epsilon)
        self.inner = nn.Linear(width, wide)
        self.outer = nn.Linear(wide, width)
        self.outer_norm = nn.LayerNorm(width, epsilon)

    def forward(self, x, mask):  # [batch, words, width], [batch, 1, 1, words]
        def split(y):
            return y.view(y.shape[0], y.shape[1], self.heads, -1).transpose(1, 2)

        query, key, value = split(self.query(x)), split(self.key(x)), split(self.value(x))
        scores = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1]) + mask
        mixed = (scores.softmax(-1) @ value).transpose(1, 2).flatten(2)
        x = self.attended_norm(self.attended(mixed) + x)
        return self.outer_norm(self.outer(functional.gelu(self.inner(x))) + x)


class SentenceEncoder(nn.Module):
    """Token numbers and mask [batch, words] to one vector of length 1 per sentence, [batch, width]."""

    # What the file calls the parts of a layer.
    PARTS = {"query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value",
             "attended": "attention.output.dense", "attended_norm": "attention.output.LayerNorm",
             "inner": "intermediate.dense", "outer": "output.dense", "outer_norm": "output.LayerNorm"}

    def __init__(self, config, weights=None):  # without weights: random ones
        super().__init__()
        width = config["hidden_size"]
        self.words = nn.Embedding(config["vocab_size"], width)
        self.positions = nn.Embedding(config["max_position_embeddings"], width)
        self.kinds = nn.Embedding(config["type_vocab_size"], width)
        self.norm = nn.LayerNorm(width, config["layer_norm_eps"])
        self.layers = nn.ModuleList(Layer(config) for _ in range(config["num_hidden_layers"]))
        if weights is not None:
            self.load_state_dict(self.renamed(weights))

    def renamed(self, weights):
        names = {"words": "embeddings.word_embeddings", "positions": "embeddings.position_embeddings",
                 "kinds": "embeddings.token_type_embeddings", "norm": "embeddings.LayerNorm"}
        for i in range(len(self.layers)):
            names |= {f"layers.{i}.{ours}": f"encoder.layer.{i}.{theirs}" for ours, theirs in self.PARTS.items()}
        return {key: weights[names[key.rsplit(".", 1)[0]] + "." + key.rsplit(".", 1)[1]] for key in self.state_dict()}

    def forward(self, input_ids, attention_mask):
        x = self.words(input_ids) + self.positions.weight[: input_ids.shape[1]] + self.kinds.weight[0]
        seen = attention_mask.type_as(x)  # of whatever type the weights are, in the traced file too
        mask = (1.0 - seen)[:, None, None, :] * -10000.0
        x = self.norm(x)
        for layer in self.layers:
            x = layer(x, mask)
        total = (x * seen[:, :, None]).sum(1)
        mean = total / seen.sum(1, keepdim=True).clamp(min=1e-9)
        return functional.normalize(mean, dim=1)
