#!/usr/bin/env python3
"""Models of PyTorch for `rhoflow inspect`: MLPs with ReLU and GELU, a VGG-type net, ResNet-18 for CIFAR, and a small transformer encoder.

    # makes them, with what PyTorch says of them
    python3 benchmarks/torch_models.py OUT [--examples 100] [--opsets 13,17,20] [--cifar FOLDER]
    # holds rhoflow's measures against that
    python3 benchmarks/torch_models.py OUT --compare

OUT gets for each NAME the state dict as NAME.pt and NAME.safetensors, the graph as NAME-OPSET.onnx (newer opsets than the installed PyTorch
writes are rewritten from 17 by onnx_opset.py), NAME.npz with the examples x and labels y, NAME.yaml with the network for the files of
weights, and NAME.json: log10 of the cross-entropy, error, margins over the product of the matrices' Frobenius norms, and these norms.
Weights are PyTorch's initial ones, batch normalization has seen ten minibatches. With --cifar (a folder of data_batch_1.bin …) the images
are the first of CIFAR-10, else noise.
"""
import argparse
import json
import math
import os
import struct
import subprocess
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from onnx_opset import convert

CLASSES, SEED = 10, 1


class Block(nn.Module):
    """Two 3 × 3 convolutions and a shortcut (He et al. 2016)."""

    def __init__(self, inputs, maps, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(inputs, maps, 3, stride, 1, bias=False), nn.BatchNorm2d(maps)
        self.conv2, self.bn2 = nn.Conv2d(maps, maps, 3, 1, 1, bias=False), nn.BatchNorm2d(maps)
        self.down = nn.Sequential() if stride == 1 and inputs == maps else nn.Sequential(
            nn.Conv2d(inputs, maps, 1, stride, bias=False), nn.BatchNorm2d(maps))

    def forward(self, x):
        return F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))) + self.down(x))


class ResNet18(nn.Module):
    """The CIFAR variant: a 3 × 3 stem without pooling, four stages of two blocks; 11 M parameters."""

    def __init__(self):
        super().__init__()
        self.conv, self.bn = nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64)
        maps = [64, 64, 64, 128, 128, 256, 256, 512, 512]
        self.blocks = nn.Sequential(*(Block(maps[i], maps[i + 1], 2 if maps[i] != maps[i + 1] else 1) for i in range(8)))
        self.fc = nn.Linear(512, CLASSES)

    def forward(self, x):
        h = self.blocks(F.relu(self.bn(self.conv(x))))
        return self.fc(F.adaptive_avg_pool2d(h, 1).flatten(1))


class Encoder(nn.Module):
    """Two layers of self-attention over sequences of 16 × 12 numbers, the mean over steps, a linear head."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(12, 32)
        self.layers = nn.ModuleList(nn.TransformerEncoderLayer(32, 4, 64, 0.0, batch_first=True) for _ in range(2))
        self.head = nn.Linear(32, CLASSES)

    def forward(self, x):
        h = self.embed(x)
        for layer in self.layers:
            h = layer(h)
        return self.head(h.mean(1))


def vgg():
    parts, inputs = [], 3
    for maps in [16, "pool", 32, "pool", 64, 64, "pool"]:
        if maps == "pool":
            parts.append(nn.MaxPool2d(2))
        else:
            parts += [nn.Conv2d(inputs, maps, 3, padding=1), nn.BatchNorm2d(maps), nn.ReLU()]
            inputs = maps
    return nn.Sequential(*parts, nn.Flatten(), nn.Linear(64 * 16, 64), nn.ReLU(), nn.Linear(64, CLASSES))


def resnet_layers():
    conv, norm = "{{conv: {{maps: {0}, kernel: {1}, stride: {2}, pad: {3}}}}}", "{batch-norm: {affine: true}}"
    layers, inputs = [conv.format(64, 3, 1, 1), norm, "relu"], 64
    for maps in [64, 64, 128, 128, 256, 256, 512, 512]:
        stride = 1 if maps == inputs else 2
        branch = ", ".join([conv.format(maps, 3, stride, 1), norm, "relu", conv.format(maps, 3, 1, 1), norm])
        shortcut = "" if stride == 1 else f", shortcut: [ {conv.format(maps, 1, stride, 0)}, {norm} ]"
        layers += [f"{{residual: [ {branch} ]{shortcut}}}", "relu"]
        inputs = maps
    return ", ".join(layers + ["global-average", f"{{dense: {CLASSES}}}"])


MODELS = {
    "mlp": (lambda: nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, CLASSES)), (20,),
            "{dense: 64}, relu, {dense: 64}, relu, {dense: 10}"),
    "gelu": (lambda: nn.Sequential(nn.Linear(20, 64), nn.GELU(), nn.Linear(64, 64), nn.GELU(), nn.Linear(64, CLASSES)), (20,),
             "{dense: 64}, gelu, {dense: 64}, gelu, {dense: 10}"),
    "vgg": (vgg, (3, 32, 32), "{conv: 16}, bias, {batch-norm: {affine: true}}, relu, {max-pool: 2}, {conv: 32}, bias, "
            "{batch-norm: {affine: true}}, relu, {max-pool: 2}, {conv: 64}, bias, {batch-norm: {affine: true}}, relu, {conv: 64}, bias, "
            "{batch-norm: {affine: true}}, relu, {max-pool: 2}, {dense: 64}, relu, {dense: 10}"),
    "resnet18": (ResNet18, (3, 32, 32), resnet_layers()),
    "encoder": (Encoder, (16, 12), None),
}


def resnet_names():
    """Which array is which W_k and normalization, first to last: in the state dict nothing orders a shortcut and the branch beside it."""
    weights, norms = ["conv.weight"], ["bn"]
    for i, stride in enumerate([1, 1, 2, 1, 2, 1, 2, 1]):
        block = f"blocks.{i}."
        weights += [block + "conv1.weight", block + "conv2.weight"] + [block + "down.0.weight"] * (stride == 2)
        norms += [block + "bn1", block + "bn2"] + [block + "down.1"] * (stride == 2)
    return f"init:\n  weights:\n    names: [ {', '.join(weights + ['fc.weight'])} ]\n    normalizations: [ {', '.join(norms)} ]\n"


def safetensors(path, arrays):
    """8 bytes with the header's length, the header as JSON, the numbers."""
    header, at = {"__metadata__": {"format": "pt"}}, 0
    types = {torch.float32: "F32", torch.int64: "I64"}
    for name, a in arrays.items():
        size = a.numel() * a.element_size()
        header[name] = {"dtype": types[a.dtype], "shape": list(a.shape), "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for a in arrays.values():
            file.write(a.contiguous().numpy().tobytes())


def cifar(folder, count):
    """Label, 1024 red, 1024 green, 1024 blue, image after image; pixels from 0 to 1."""
    rows = np.fromfile(os.path.join(folder, "data_batch_1.bin"), np.uint8).reshape(-1, 3073)[:count]
    return rows[:, 1:].reshape(-1, 3, 32, 32).astype(np.float32) / 255, rows[:, 0].astype(np.int64)


def matrices(model):
    """Every weight matrix with the batch normalization that follows a convolution folded into it."""
    found, last = [], None
    for name, module in model.named_modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            found.append([name, module.weight.detach().double()])
        elif isinstance(module, nn.MultiheadAttention):
            found.append([name + ".in_proj", module.in_proj_weight.detach().double()])
        elif isinstance(module, nn.BatchNorm2d):
            scale = (module.weight / torch.sqrt(module.running_var + module.eps)).detach().double()
            owner = name.replace("bn", "conv") if "bn" in name else last
            entry = next(f for f in found if f[0] == owner)
            entry[1] = entry[1] * scale.view(-1, 1, 1, 1)
        last = name
    return found


def summary(model, x, y):
    with torch.no_grad():
        f = torch.cat([model(part) for part in x.split(100)]).double()
    own = f[torch.arange(len(y)), y]
    other = f.clone()
    other[torch.arange(len(y)), y] = -math.inf
    margins = own - other.max(1).values
    layers = [{"name": name, "shape": list(w.shape), "frobenius": w.norm().item()} for name, w in matrices(model)]
    log_rho = sum(math.log(layer["frobenius"]) for layer in layers)
    return {"layers": layers, "log10_loss": math.log10(F.cross_entropy(f, y).item()), "train_error": (margins <= 0).double().mean().item(),
            "log10_rho": log_rho / math.log(10), "margin_min": margins.min().item() * math.exp(-log_rho),
            "margin_mean": margins.mean().item() * math.exp(-log_rho), "outputs": f[:5].tolist()}


def make(out, names, count, opsets, images):
    os.makedirs(out, exist_ok=True)
    for name in names:
        torch.manual_seed(SEED)
        build, shape, layers = MODELS[name]
        model = build()
        x, y = torch.randn(count, *shape), torch.arange(count) % CLASSES
        if images and shape == (3, 32, 32):
            x, y = map(torch.from_numpy, cifar(images, count))
        model.train()
        with torch.no_grad():
            for _ in range(10):
                model(x[torch.randint(len(x), (64,))])
        model.eval()
        base = os.path.join(out, name)
        torch.save(model.state_dict(), base + ".pt")
        safetensors(base + ".safetensors", model.state_dict())
        np.savez(base + ".npz", x=x.reshape(count, -1).numpy() if name == "encoder" else x.numpy(), y=y.numpy())
        if layers:
            with open(base + ".yaml", "w", encoding="utf-8") as file:
                file.write(f"network:\n  bias: true\n  layers: [ {layers} ]\n" + (resnet_names() if name == "resnet18" else ""))
        for opset in opsets:
            if opset > 17 and os.path.exists(f"{base}-17.onnx"):
                convert(f"{base}-17.onnx", f"{base}-{opset}.onnx", opset)
                continue
            try:
                torch.onnx.export(model, x[:2], f"{base}-{opset}.onnx", opset_version=opset, input_names=["x"], output_names=["f"],
                                  dynamic_axes={"x": {0: "N"}, "f": {0: "N"}})
            except Exception as e:  # PyTorch's exporters raise what they like
                print(f"{name}: opset {opset} is not written: {str(e).splitlines()[0][:100]}")
        with open(base + ".json", "w", encoding="utf-8") as file:
            json.dump(summary(model, x, y), file, indent=1)
        print(f"{name}: {sum(p.numel() for p in model.parameters())} parameters, {len(x)} examples")


def compare(out, names, rhoflow):
    """The largest relative differences of loss, error, margins and norms, file by file."""
    worst = 0.0
    for name in names:
        base = os.path.join(out, name)
        with open(base + ".json", encoding="utf-8") as file:
            expected = json.load(file)
        files = [f for f in sorted(os.listdir(out)) if f.split(".")[0] in (name,) or f.startswith(name + "-")]
        for model in (f for f in files if f.endswith((".pt", ".safetensors", ".onnx"))):
            words = [] if model.endswith(".onnx") else ["--network", base + ".yaml"]
            if words and not os.path.exists(base + ".yaml"):
                continue
            began = time.time()
            run = subprocess.run([*rhoflow, "inspect", os.path.join(out, model), "--data", base + ".npz", "data.transforms=[]", *words,
                                  "--measures", "loss,norms,margins", "--json", "-q"], capture_output=True, text=True, check=False)
            if run.returncode:
                print(f"{model:24} {run.stderr.strip()[:200]}")
                worst = math.inf
                continue
            found = json.loads(run.stdout)
            parts = {key: abs(found["measures"][key] - expected[key]) / (abs(expected[key]) or 1)
                     for key in ("log10_loss", "train_error", "log10_rho", "margin_min", "margin_mean")}
            ours, theirs = sorted(r["frobenius"] for r in found["layers"]), sorted(r["frobenius"] for r in expected["layers"])
            parts["layers"] = max(abs(a - b) / b for a, b in zip(ours, theirs)) if len(ours) == len(theirs) else math.inf
            worst = max(worst, *parts.values())
            print(f"{model:24} {time.time() - began:5.1f} s  " + "  ".join(f"{k} {v:.1e}" for k, v in parts.items()))
    print(f"largest relative difference {worst:.1e}")
    return worst <= 1e-4


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--examples", type=int, default=100)
    parser.add_argument("--opsets", default="13,17,20")
    parser.add_argument("--cifar")
    parser.add_argument("--compare", action="store_true")
    parser.add_argument("--rhoflow", default="./rhoflow", help="the program, as it is called")
    given = parser.parse_args()
    chosen = given.models.split(",")
    if given.compare:
        sys.exit(0 if compare(given.out, chosen, given.rhoflow.split()) else 1)
    make(given.out, chosen, given.examples, [int(o) for o in given.opsets.split(",")], given.cifar)
