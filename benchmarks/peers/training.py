"""The same work as our training benchmarks in PyTorch, as its users write it for speed: float32, SGD with momentum 0.9,
batch 128.

The number of threads is the environment's OMP_NUM_THREADS. Convolutions run in both memory layouts once, and in the faster one from
then on.
"""
import os
import time

from protocol import serve

try:
    import torch
    from torch import nn
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    torch.manual_seed(0)
except ImportError:
    torch = None

BATCH = 128


def step(net, x, y, loss):
    optimizer = torch.optim.SGD(net.parameters(), lr=0.001, momentum=0.9)

    def run():
        optimizer.zero_grad(set_to_none=True)
        loss(net(x), y).backward()
        optimizer.step()
    return run


def dense(*widths):
    layers = []
    for i, (a, b) in enumerate(zip(widths, widths[1:])):
        layers.append(nn.Linear(a, b, bias=False))
        if i < len(widths) - 2:
            layers.append(nn.ReLU())
    return nn.Sequential(*layers)


def convolutional(batch_norm):
    layers, channels = [], 3
    for maps in (16, 32, 64, 128):
        layers.append(nn.Conv2d(channels, maps, 3, stride=2, padding=1, bias=False))
        if batch_norm:
            layers.append(nn.BatchNorm2d(maps, affine=False))
        layers.append(nn.ReLU())
        channels = maps
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(512, 10, bias=False))


def fully_connected():
    return step(dense(3072, 256, 256, 256, 1), torch.randn(BATCH, 3072), torch.randn(BATCH, 1).sign(), nn.MSELoss())


def best_layout(make):
    """The faster of the contiguous and the channels-last version."""
    candidates = []
    for layout in (torch.contiguous_format, torch.channels_last):
        work = make(layout)
        for _ in range(3):
            work()
        times = []
        for _ in range(7):
            begin = time.perf_counter()
            work()
            times.append(time.perf_counter() - begin)
        candidates.append((sorted(times)[3], work))
    return min(candidates, key=lambda c: c[0])[1]


def convolution_step(batch_norm):
    def make(layout):
        net = convolutional(batch_norm).to(memory_format=layout)
        x = torch.randn(BATCH, 3, 32, 32).to(memory_format=layout)
        return step(net, x, torch.randint(0, 10, (BATCH,)), nn.CrossEntropyLoss())
    return best_layout(make)


def hessian_vector(again):
    """A product with a gradient of its own, or again from the graph of one, as an eigenvalue solver takes them."""
    def make(layout):
        net = convolutional(False).to(memory_format=layout)
        x = torch.randn(BATCH, 3, 32, 32).to(memory_format=layout)
        y, loss, parameters = torch.randint(0, 10, (BATCH,)), nn.CrossEntropyLoss(), list(net.parameters())
        direction = [torch.randn_like(p) for p in parameters]

        def gradient():
            return torch.autograd.grad(loss(net(x), y), parameters, create_graph=True)

        kept = gradient() if again else None

        def run():
            torch.autograd.grad(kept or gradient(), parameters, grad_outputs=direction, retain_graph=again)
        return run
    return best_layout(make)


def replicas():
    x, y = torch.randn(BATCH, 3072), torch.randn(BATCH, 1).sign()
    steps = [step(dense(3072, 64, 64, 1), x, y, nn.MSELoss()) for _ in range(16)]

    def run():
        for one in steps:
            one()
    return run


def product(m, n, k, dtype):
    a, b, c = torch.randn(m, k, dtype=dtype), torch.randn(k, n, dtype=dtype), torch.empty(m, n, dtype=dtype)
    return lambda: torch.mm(a, b, out=c)


WORK = {
    "fc torch": fully_connected,
    "conv torch": lambda: convolution_step(False),
    "conv-bn torch": lambda: convolution_step(True),
    "replicas torch": replicas,
    "hvp-conv torch": lambda: hessian_vector(again=True),
    "hvp-conv-once torch": lambda: hessian_vector(again=False),
    "gemm-1024-f32 torch": lambda: product(1024, 1024, 1024, torch.float32),
    "gemm-1024-f64 torch": lambda: product(1024, 1024, 1024, torch.float64),
}


if __name__ == "__main__":
    serve(WORK, ["torch"] if torch else [])
