"""The 20 largest eigenvalues of a convolutional network's Hessian in PyTorch: thick-restart Lanczos on double backward from a kept graph.

The same network, images, labels, basis, restarts and stopping rule as ours. Images go through in one minibatch or in several, in either
memory layout, whichever is fastest here. The number of threads is the environment's OMP_NUM_THREADS.
"""
import time

import numpy as np

from protocol import serve
from training import convolutional, torch

IMAGES, CLASSES, INPUTS, WANTED, BASIS, CHECK, TOLERANCE = 2000, 10, 3072, 20, 60, 6, 1e-3


def hashed(stream, count):
    """Uniform numbers of variance 1 from SplitMix64."""
    with np.errstate(over="ignore"):
        z = np.uint64(stream << 40) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (2 * ((z >> np.uint64(11)) / 2.0 ** 53) - 1) * np.sqrt(3)


def problem():
    """Images N x C x H x W, labels, and the weights in torch's order of (channel, y, x); ours is (y, x, channel)."""
    x = hashed(1, IMAGES * INPUTS).reshape(IMAGES, INPUTS)
    y = np.arange(IMAGES) % CLASSES
    x = (x + 0.5 * hashed(2, CLASSES * INPUTS).reshape(CLASSES, INPUTS)[y]).astype(np.float32)
    net = convolutional(False)
    theta, at = hashed(3, sum(p.numel() for p in net.parameters())), 0
    with torch.no_grad():
        for p in net.parameters():
            w = theta[at:at + p.numel()] * np.sqrt(2.0 * p.shape[0] / p.numel())
            at += p.numel()
            if p.dim() == 4:
                w = w.reshape(p.shape[0], p.shape[2], p.shape[3], p.shape[1]).transpose(0, 3, 1, 2)
            else:
                w = w.reshape(p.shape[0], 2, 2, p.shape[1] // 4).transpose(0, 3, 1, 2).reshape(p.shape)
            p.copy_(torch.from_numpy(np.ascontiguousarray(w)))
    return net, torch.from_numpy(x.reshape(IMAGES, 32, 32, 3).transpose(0, 3, 1, 2).copy()), torch.from_numpy(y)


def products(layout, size):
    """v -> Hessian v over all images, from graphs that stay."""
    net, x, y = problem()
    net, x = net.to(memory_format=layout), x.to(memory_format=layout)
    parameters = list(net.parameters())
    loss = torch.nn.CrossEntropyLoss(reduction="sum")
    gradients = [torch.autograd.grad(loss(net(x[i:i + size]), y[i:i + size]) / IMAGES, parameters, create_graph=True)
                 for i in range(0, IMAGES, size)]

    def apply(v):
        parts, at = [], 0
        for p in parameters:
            parts.append(v[at:at + p.numel()].view(p.shape))
            at += p.numel()
        total = torch.zeros_like(v)
        for gradient in gradients:
            result = torch.autograd.grad(gradient, parameters, grad_outputs=parts, retain_graph=True)
            total += torch.cat([r.reshape(-1) for r in result])
        return total
    return sum(p.numel() for p in parameters), apply


def lanczos(size, apply):
    """Thick restarts with full reorthogonalization, convergence looked at every few products; eigenvalues, and how many products
    they took."""
    basis, t, count = torch.empty(BASIS, size), np.zeros((BASIS, BASIS)), 0
    v = torch.randn(size)
    basis[0] = v / v.norm()
    j = 0
    while True:
        for _ in range(CHECK):
            w = apply(basis[j])
            count += 1
            h = basis[:j + 1] @ w
            w -= h @ basis[:j + 1]
            again = basis[:j + 1] @ w
            w -= again @ basis[:j + 1]
            t[:j + 1, j] = t[j, :j + 1] = (h + again).numpy()
            beta = w.norm()
            j += 1
            if j == BASIS:
                break
            basis[j] = w / beta
        if j < WANTED:
            continue
        theta, s = np.linalg.eigh(t[:j, :j])
        residuals = abs(float(beta) * s[-1, -WANTED:])
        if (residuals <= TOLERANCE * abs(theta[-WANTED:])).all():
            return theta[-WANTED:][::-1], count
        if j < BASIS:
            continue
        kept = WANTED + (BASIS - WANTED) // 2
        basis[:kept] = torch.from_numpy(s[:, -kept:].astype(np.float32)).T @ basis
        t[:] = 0
        t[:kept, :kept] = np.diag(theta[-kept:])
        basis[kept] = w / beta
        j = kept


def eigen():
    best = None
    for layout in (torch.contiguous_format, torch.channels_last):
        for size in (IMAGES, 500, 125):
            dimension, apply = products(layout, size)
            v, times = torch.randn(dimension), []
            for _ in range(4):
                begin = time.perf_counter()
                apply(v)
                times.append(time.perf_counter() - begin)
            if best is None or min(times[1:]) < best[0]:
                best = (min(times[1:]), dimension, apply)
    return lambda: lanczos(*best[1:])


if __name__ == "__main__":
    serve({"eigen torch": eigen}, ["torch"] if torch else [])
