"""Outputs, gradients and Hessian-vector products of a network by torch's automatic differentiation in float64: a second opinion on ours.

A question is a JSON object {network, theta, direction, x, examples, weights, statistics, training}; the answer is one line
{outputs, gradient, hessian_vector, statistics} for L = sum(weights * f + f**2 / 2). Ends at once where PyTorch is missing.
Images are N x H x W x C and convolution weights maps x (ky, kx, c) on our side; they are permuted here.
"""
import json
import sys

from protocol import serve

try:
    import torch
    import torch.nn.functional as F
except ImportError:
    sys.exit(1)

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


def planes(function, a, *arguments, **options):
    return function(a.permute(0, 3, 1, 2), *arguments, **options).permute(0, 2, 3, 1)


def batch_norm(node, a, theta, statistics, training):
    channels, at = a.shape[-1], node["statistics"]
    mean, variance = statistics[at:at + channels], statistics[at + channels:at + 2 * channels]
    gamma = beta = None
    if node["gamma"] >= 0:
        gamma, beta = theta[node["gamma"]:node["gamma"] + channels], theta[node["beta"]:node["beta"] + channels]
    rows = F.batch_norm(a.reshape(-1, channels), mean, variance, gamma, beta, training, node["momentum"], node["epsilon"])
    return rows.reshape(a.shape)


def layer_norm(node, a, theta):
    count = a[0].numel()
    gamma = theta[node["gamma"]:node["gamma"] + count] if node["gamma"] >= 0 else None
    beta = theta[node["beta"]:node["beta"] + count] if node["beta"] >= 0 else None
    return F.layer_norm(a.reshape(len(a), count), (count,), gamma, beta, node["epsilon"]).reshape(a.shape)


def apply(node, sources, theta, statistics, training):
    a, kind = sources[0], node["kind"]
    if kind in ("dense", "diagonal", "conv"):
        w = theta[node["offset"]:node["offset"] + node["count"]]
    if kind == "dense":
        return (a.reshape(len(a), -1) @ w.reshape(node["rows"], -1).T).reshape(len(a), 1, 1, -1)
    if kind == "diagonal":
        return a * w
    if kind == "conv":
        k = node["kernel"]
        return planes(F.conv2d, a, w.reshape(node["rows"], k, k, -1).permute(0, 3, 1, 2), stride=node["stride"], padding=node["padding"])
    if kind == "relu":
        return torch.relu(a)
    if kind == "leaky-relu":
        return F.leaky_relu(a, node["parameter"])
    if kind == "power":
        return a ** int(node["parameter"])
    if kind == "batch-norm":
        return batch_norm(node, a, theta, statistics, training)
    if kind == "layer-norm":
        return layer_norm(node, a, theta)
    if kind == "max-pool":
        return planes(F.max_pool2d, a, node["kernel"], node["stride"], node["padding"])
    if kind == "average-pool":
        return planes(F.avg_pool2d, a, node["kernel"], node["stride"], node["padding"])
    if kind == "global-average":
        return a.mean((1, 2), keepdim=True)
    if kind == "flatten":
        return a.reshape(len(a), 1, 1, -1)
    if kind == "residual":
        return sum(sources)
    raise ValueError("unknown node " + kind)


def answer(question):
    theta = torch.tensor(question["theta"], requires_grad=True)
    statistics = torch.tensor(question["statistics"])
    network = question["network"]
    x = torch.tensor(question["x"]).reshape(question["examples"], *network["input"])
    values = []
    for node in network["nodes"]:
        sources = [x if s < 0 else values[s] for s in node["sources"]]
        values.append(apply(node, sources, theta, statistics, question["training"]))
    f = values[-1].reshape(-1)
    loss = (torch.tensor(question["weights"]) * f + f * f / 2).sum()
    gradient, = torch.autograd.grad(loss, theta, create_graph=True)
    product, = torch.autograd.grad(gradient @ torch.tensor(question["direction"]), theta)
    return {"outputs": f.tolist(), "gradient": gradient.tolist(), "hessian_vector": product.tolist(), "statistics": statistics.tolist()}


if __name__ == "__main__":
    serve({}, ["torch"], lambda line: json.dumps(answer(json.loads(line))))
