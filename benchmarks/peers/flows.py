"""The same work as our flow benchmarks, in numpy/scipy and in PyTorch, each as its users write it for speed.

Everything is float64 on one thread.
"""
import numpy as np

from protocol import serve

try:
    import torch
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
except ImportError:
    torch = None
try:
    from scipy.integrate import solve_ivp
except ImportError:
    solve_ivp = None


def wave(count, rate):
    return np.sin(rate * np.arange(count))


def linear_data(n, d):
    x = wave(n * d, 1.7).reshape(n, d)
    return x * np.where(np.arange(n) % 2 == 0, 1.0, -1.0)[:, None], 0.1 * np.arange(1, d + 1)


def linear_numpy(n, d):
    z, w = linear_data(n, d)

    def field():
        a = -(z @ w)
        m = a.max()
        e = np.exp(a - m)
        s = e.sum()
        return m + np.log(s), (e / s) @ z
    return field


def linear_torch(n, d):
    z, w = (torch.from_numpy(v) for v in linear_data(n, d))

    def field():
        with torch.no_grad():
            a = -(z @ w)
            return torch.logsumexp(a, 0), torch.softmax(a, 0) @ z
    return field


def relu_data():
    n, widths = 50, (20, 20, 20, 1)
    x = wave(n * widths[0], 1.7).reshape(n, widths[0])
    y = np.where(np.arange(n) % 2 == 0, 1.0, -1.0)
    sizes = list(zip(widths[1:], widths[:-1]))
    theta = 0.3 * np.cos(2.3 * np.arange(sum(a * b for a, b in sizes)))
    layers, at = [], 0
    for rows, columns in sizes:
        layers.append(theta[at:at + rows * columns].reshape(rows, columns))
        at += rows * columns
    return x, y, layers


def relu_numpy():
    x, y, (a, b, c) = relu_data()

    def field():
        z1 = x @ a.T
        h1 = np.maximum(z1, 0)
        z2 = h1 @ b.T
        h2 = np.maximum(z2, 0)
        m = -y * (h2 @ c.T)[:, 0]
        top = m.max()
        e = np.exp(m - top)
        s = e.sum()
        weights = (e / s * y)[:, None]
        d2 = (weights @ c) * (z2 > 0)
        d1 = (d2 @ b) * (z1 > 0)
        return top + np.log(s), d1.T @ x, d2.T @ h1, weights.T @ h2
    return field


def relu_torch():
    x, y, layers = relu_data()
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    a, b, c = (torch.from_numpy(np.ascontiguousarray(w)).requires_grad_() for w in layers)

    def field():
        f = (torch.relu(torch.relu(x @ a.T) @ b.T) @ c.T)[:, 0]
        log_loss = torch.logsumexp(-y * f, 0)
        return log_loss, torch.autograd.grad(log_loss, (a, b, c))
    return field


def iris():
    import csv
    import os
    path = os.environ["RHOFLOW_BENCH_IRIS"]
    with open(path, newline="") as file:
        rows = list(csv.reader(file))[1:]
    x = np.array([[float(v) for v in r[:4]] for r in rows])
    y = np.array([1.0 if r[4].strip() == "setosa" else -1.0 for r in rows])
    return x * y[:, None]


def iris_descent(log10_t):
    z = iris()

    def field(u, w):
        a = -(z @ w)
        m = a.max()
        e = np.exp(a - m)
        s = e.sum()
        return np.exp(u + m + np.log(s)) * ((e / s) @ z)

    def run():
        r = solve_ivp(field, (0, log10_t * np.log(10)), np.array([.3, -.2, .1, .4]), method="LSODA", rtol=1e-10, atol=1e-12)
        if not r.success:
            raise RuntimeError(r.message)
    return run


def iris_weight_normalization(log10_t):
    z = iris()

    def field(u, state):
        rho, v = state[0], state[1:]
        a = -rho * (z @ v)
        m = a.max()
        e = np.exp(a - m)
        s = e.sum()
        g = (e / s) @ z
        along = v @ g
        scale = np.exp(u + m + np.log(s))
        return scale * np.concatenate(([along], rho * (g - v * (along / (v @ v)))))

    def run():
        w = np.array([.3, .5, -.7, -.2])
        r = solve_ivp(field, (0, log10_t * np.log(10)), np.concatenate(([.5], w / np.linalg.norm(w))), method="LSODA",
                      rtol=1e-10, atol=1e-12)
        if not r.success:
            raise RuntimeError(r.message)
    return run


WORK = {
    "flow-2x2 numpy": lambda: linear_numpy(2, 2),
    "flow-4x100 numpy": lambda: linear_numpy(100, 4),
    "flow-relu numpy": relu_numpy,
    "flow-2x2 torch": lambda: linear_torch(2, 2),
    "flow-4x100 torch": lambda: linear_torch(100, 4),
    "flow-relu torch": relu_torch,
    "flow-iris-gd-1e100 scipy": lambda: iris_descent(100),
    "flow-iris-gd-1e1000 scipy": lambda: iris_descent(1000),
    "flow-iris-wn-1e100 scipy": lambda: iris_weight_normalization(100),
}


if __name__ == "__main__":
    serve(WORK, ["numpy"] + (["torch"] if torch else []) + (["scipy"] if solve_ivp else []))
