#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What of tools/export_model.py can be checked without PyTorch."""
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "tools"))
import export_model  # noqa: E402


class SileroNames(unittest.TestCase):
    def test_every_kind_of_tensor_gets_the_name_of_the_onnx_file(self):
        shipped = {"stft_conv.weight": 1, "conv1.weight": 2, "conv4.bias": 3, "lstm_cell.weight_hh": 4, "final_conv.bias": 5}
        self.assertEqual(export_model.silero_names(shipped), {
            "model.stft.forward_basis_buffer": 1, "model.encoder.0.reparam_conv.weight": 2,
            "model.encoder.3.reparam_conv.bias": 3, "model.decoder.rnn.weight_hh": 4, "model.decoder.decoder.2.bias": 5})

    def test_an_unknown_tensor_is_not_dropped_silently(self):
        self.assertRaises(KeyError, export_model.silero_names, {"attention.weight": 1})


class Cards(unittest.TestCase):
    def test_the_batch_is_open(self):
        self.assertIn('"shape": [-1, 3, 8, 8]', export_model.card(export_model.picture(8)))


if __name__ == "__main__":
    unittest.main()
