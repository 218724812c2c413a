"""Files of models as PyTorch writes them, and what stands in them: a second opinion on our readers.

models.py FOLDER writes state dicts (plain, within a checkpoint, by pickle protocol 4, of views that share a storage, of every type), files
that are to be refused, and an ONNX model where torch.onnx is there; expected.json has shapes, types, numbers and, of matrices,
singular values. Ends with status 1 where PyTorch is missing.
"""
import json
import os
import sys
from collections import OrderedDict

try:
    import torch
except ImportError:
    sys.exit(1)

torch.manual_seed(0)
folder = sys.argv[1]
expected, refused = {}, {}


def numbers(tensor):
    return tensor.detach().to(torch.float64).contiguous().flatten().tolist()


def describe(tensors):
    described = {}
    for name, t in tensors.items():
        described[name] = {"shape": list(t.shape), "type": str(t.dtype).removeprefix("torch."), "numbers": numbers(t)}
        if t.dim() >= 2 and t.dtype.is_floating_point and t.numel() > 0:
            described[name]["singular"] = torch.linalg.svdvals(t.detach().double().reshape(t.shape[0], -1)).tolist()
    return described


def save(name, content, tensors, **options):
    torch.save(content, os.path.join(folder, name), **options)
    expected[name] = describe(tensors)


def refuse(name, content, why, **options):
    torch.save(content, os.path.join(folder, name), **options)
    refused[name] = why


net = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.BatchNorm2d(8), torch.nn.ReLU(),
                          torch.nn.Flatten(), torch.nn.Linear(8 * 36, 10))
adam = torch.optim.Adam(net.parameters(), lr=1e-3)
net(torch.randn(4, 3, 8, 8)).sum().backward()
adam.step()
state = net.state_dict()
save("state.pt", state, state)
save("protocol4.pt", state, state, pickle_protocol=4)
save("epoch.pth", {"model": state, "epoch": 3, "args": {"lr": [0.1, 2]}, "best": None}, state)
moments = {f"optimizer.state.{k}.{n}": v for k, s in adam.state_dict()["state"].items() for n, v in s.items()}
save("checkpoint.pth", {"model": state, "optimizer": adam.state_dict()}, {**{"model." + k: v for k, v in state.items()}, **moments})

base = torch.arange(24, dtype=torch.float64).reshape(4, 6) - 7
views = OrderedDict(whole=base, turned=base.t(), column=base[:, 1], block=base[1:3, 2:5], rows=torch.nn.Parameter(base[::2]),
                    planes=base.reshape(2, 3, 4).permute(2, 0, 1), number=torch.tensor(3.5), none=torch.empty(0, 3))
for kind in ("float16", "bfloat16", "float32", "int64", "int32", "int16", "int8", "uint8", "bool"):
    views[kind] = base.abs().to(getattr(torch, kind))
save("views.pt", views, views)

refuse("module.pt", net, "torch.nn.modules.container.Sequential")
refuse("old.pt", state, "before 1.6", _use_new_zipfile_serialization=False)
refuse("expanded.pt", {"e": torch.ones(1).expand(1000)}, "repeats the 1 numbers")
refuse("sparse.pt", {"s": torch.eye(3).to_sparse()}, "torch._utils._rebuild_sparse_tensor")
torch.jit.script(net).save(os.path.join(folder, "script.pt"))
refused["script.pt"] = "TorchScript"

for opset in (13, 17):
    name = f"linear{opset}.onnx"
    try:
        torch.onnx.export(net[4:], torch.randn(1, 288), os.path.join(folder, name), opset_version=opset)
    except Exception:
        continue
    expected[name] = describe({key: t for key, t in state.items() if key.startswith("4.")})

with open(os.path.join(folder, "expected.json"), "w") as file:
    json.dump({"read": expected, "refused": refused}, file)
