"""The measures' rows in PyTorch: neural collapse by covariance matrices, norms of convolutions by torch.fft and torch.linalg.

Sums are carried in float64 here too. The number of threads is the environment's OMP_NUM_THREADS.
"""
import os
import time

from protocol import serve

try:
    import torch
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    torch.manual_seed(0)
except ImportError:
    torch = None

RESNET18 = [
    (32, 3, 64, 3, 1, 1), (32, 64, 64, 3, 1, 4),
    (32, 64, 128, 3, 2, 1), (32, 64, 128, 1, 2, 1), (16, 128, 128, 3, 1, 3),
    (16, 128, 256, 3, 2, 1), (16, 128, 256, 1, 2, 1), (8, 256, 256, 3, 1, 3),
    (8, 256, 512, 3, 2, 1), (8, 256, 512, 1, 2, 1), (4, 512, 512, 3, 1, 3),
]


def collapse():
    n, p, classes = 50_000, 512, 10
    i = torch.arange(n, dtype=torch.float64)[:, None]
    j = torch.arange(p, dtype=torch.float64)[None, :]
    features = (torch.sin(1.7 * i + 0.9 * j * j) + (j % classes == i % classes)).float()
    labels = torch.arange(n) % classes
    w = torch.cos(2.3 * torch.arange(classes * p, dtype=torch.float64)).reshape(classes, p)
    frame = (torch.eye(classes, dtype=torch.float64) - 1 / classes) / (classes - 1) ** 0.5
    pairs = ~torch.eye(classes, dtype=torch.bool)

    def run():
        h = features.double()
        counts = torch.bincount(labels, minlength=classes)
        means = torch.zeros(classes, p, dtype=torch.float64).index_add_(0, labels, h) / counts[:, None]
        centred = h - means[labels]
        within = centred.T @ centred / n
        nc1 = []
        for center in (means.mean(0), h.mean(0)):
            m = means - center
            nc1.append(torch.trace(within @ torch.linalg.pinv(m.T @ m / classes, hermitian=True)) / classes)
        m = means - means.mean(0)
        nc1.append(torch.trace(within) / (m.square().sum() / classes))
        variance = torch.zeros(classes, dtype=torch.float64).index_add_(0, labels, centred.square().sum(1)) / counts
        nc1.append(((variance[:, None] + variance) / (2 * torch.cdist(means, means).square()))[pairs].mean())
        for rows in (m, w):
            norms = rows.norm(dim=1)
            cosines = (rows / norms[:, None]) @ (rows / norms[:, None]).T
            nc1 += [norms.std() / norms.mean(), cosines[pairs].std(), (cosines[pairs] + 1 / (classes - 1)).abs().mean()]
            nc1.append((rows @ rows.T / (rows @ rows.T).norm() - frame).norm())
        nc1 += [(w / w.norm() - m / m.norm()).norm(), (w @ m.T / (w @ m.T).norm() - frame).norm()]
        nearest, decided = torch.cdist(h, means).argmin(1), (h @ w.T).argmax(1)
        nc1 += [(nearest != decided).double().mean(), (nearest != labels).double().mean()]
        return [float(v) for v in nc1]
    return run


def block_norms(w, pixels, stride):
    """Largest singular value over the frequencies; a strided convolution is one of stride 1 on its stride * stride sub-images."""
    maps, channels, kernel, _ = w.shape
    grid = pixels // stride
    padded = torch.zeros(maps, channels, pixels, pixels, dtype=w.dtype)
    padded[:, :, :kernel, :kernel] = w
    phases = padded.reshape(maps, channels, grid, stride, grid, stride).permute(0, 1, 3, 5, 2, 4).reshape(maps, -1, grid, grid)
    blocks = torch.fft.rfft2(phases).permute(2, 3, 0, 1)
    return torch.linalg.matrix_norm(blocks, 2).max()


def spectral():
    layers = []
    for pixels, channels, maps, kernel, stride, times in RESNET18:
        layers += [(torch.randn(maps, channels, kernel, kernel, dtype=torch.float64), pixels, stride) for _ in range(times)]

    def run():
        return [float(block_norms(*layer)) for layer in layers]
    return run


if __name__ == "__main__":
    serve({"collapse torch": collapse, "spectral-resnet18 torch": spectral}, ["torch"] if torch else [])
