"""What a library multiplies matrices with, and how fast: by that a peer is found fair, or crippled.

    libraries.py numpy|scipy|torch

{} is answered with {version, blas, core, file, threads, extensions}; {"product": n} with {seconds, cpu}, the best of n products of two
float32 matrices of 1024 x 1024, by the clock and in CPU time of the calling thread, which has its share of the work: neighbours on a shared
machine do not count there. One library a process, because each may bring a BLAS of its own. The number of threads is the environment's
OMP_NUM_THREADS.
"""
import ctypes
import importlib
import json
import os
import re
import sys
import time

from protocol import serve

THREADS = int(os.environ.get("OMP_NUM_THREADS", "1"))
SIDE = 1024
FAMILIES = [("openblas", "OpenBLAS"), ("mkl_", "MKL"), ("blis", "BLIS"), ("atlas", "ATLAS"), ("accelerate", "Accelerate"), ("blas", "BLAS")]


def mapped():
    """Files of code that this process has loaded (Linux)."""
    try:
        with open("/proc/self/maps") as maps:
            return {line.split(None, 5)[5].strip() for line in maps if line.count("/") and ".so" in line}
    except OSError:
        return set()


def family(path):
    name = os.path.basename(path).lower()
    if not name.startswith("lib") or "cblas" in name:
        return None
    return next((i for i, (part, _) in enumerate(FAMILIES) if part in name), None)


def openblas(path):
    """Version, threading and core type, as OpenBLAS says; its names carry a suffix in wheels."""
    library = ctypes.CDLL(path)

    def ask(what):
        for prefix in ("openblas_get_", "scipy_openblas_get_"):
            for suffix in ("", "64_", "_64"):
                function = getattr(library, prefix + what + suffix, None)
                if function is not None:
                    function.restype = ctypes.c_char_p
                    return function().decode()
        return ""
    return re.sub(r"^OpenBLAS\s+", "", ask("config")).split(" ")[0], ask("corename")


def blas(files):
    """(name with version, core type, file) of the best known BLAS among files."""
    found = sorted((f for f in files if family(f) is not None), key=lambda f: (family(f), f))
    # Debian's alternatives: one file named libblas.so.3, in the folder of what it is.
    alternative = [f for f in found if "openblas" in os.path.realpath(f)]
    if alternative:
        version, core = openblas(alternative[0])
        return ("OpenBLAS " + version).strip(), core, alternative[0]
    if not found:
        return "", "", ""
    path = os.path.realpath(found[0])
    name = FAMILIES[family(path)][1]
    reference = name == "BLAS" and re.search(r"/blas/libblas\.so|/libblas\.so\.3\.\d+|/librefblas", path)
    return "reference BLAS" if reference else name, "", path


def torch_blas(torch, files):
    """PyTorch's wheels have MKL within; elsewhere it is what was loaded."""
    if torch.backends.mkl.is_available():
        version = re.search(r"Math Kernel Library Version (\S+)", torch.__config__.show())
        return ("MKL " + (version.group(1) if version else "")).strip(), "", ""
    return blas(files)


def torch_extensions(torch):
    text = torch.__config__.show()
    dnn = re.search(r"MKL-DNN (v[\d.]+)", text)
    capability = re.search(r"CPU capability usage: (\S+)", text)
    return ", ".join((["oneDNN " + dnn.group(1)[1:]] if dnn else []) + (["kernels for " + capability.group(1)] if capability else []))


def numpy_product(numpy):
    random = numpy.random.default_rng(0)
    a, b = (random.standard_normal((SIDE, SIDE)).astype(numpy.float32) for _ in range(2))
    c = numpy.empty((SIDE, SIDE), numpy.float32)
    return lambda: numpy.matmul(a, b, out=c)


def scipy_product(numpy):
    from scipy.linalg.blas import sgemm
    random = numpy.random.default_rng(0)
    a, b = (numpy.asfortranarray(random.standard_normal((SIDE, SIDE)).astype(numpy.float32)) for _ in range(2))
    c = numpy.zeros((SIDE, SIDE), numpy.float32, order="F")
    return lambda: sgemm(1.0, a, b, beta=0.0, c=c, overwrite_c=True)


def torch_product(torch):
    torch.set_num_threads(THREADS)
    a, b, c = torch.randn(SIDE, SIDE), torch.randn(SIDE, SIDE), torch.empty(SIDE, SIDE)
    return lambda: torch.mm(a, b, out=c)


def main(name):
    try:
        before = set()
        if name == "scipy":  # numpy's BLAS is scipy's only where scipy brings none
            importlib.import_module("numpy")
            before = mapped()
        library = importlib.import_module(name)
    except ImportError:
        sys.exit(1)
    if name == "torch":
        make = lambda: torch_product(library)
    elif name == "scipy":
        make = lambda: scipy_product(importlib.import_module("numpy"))
    else:
        make = lambda: numpy_product(library)
    product = make()
    product()

    def describe():
        files = mapped()
        own = {f for f in files if name + ".libs" in f}
        if name == "torch":
            what, core, path = torch_blas(library, {f for f in files if ".libs/" not in f})
        else:
            what, core, path = blas(own or files - before)
            if not what:
                what, core, path = blas(files)
        return {"version": library.__version__, "blas": what, "core": core, "file": path, "threads": THREADS,
                "extensions": torch_extensions(library) if name == "torch" else ""}

    def speed(count):
        times = []
        for _ in range(count):
            begin, busy = time.perf_counter(), time.thread_time()
            product()
            times.append((time.perf_counter() - begin, time.thread_time() - busy))
        return {"seconds": min(s for s, _ in times), "cpu": min(c for _, c in times)}

    def answer(line):
        question = json.loads(line)
        return json.dumps(speed(question["product"]) if "product" in question else describe())
    serve({}, [name], answer)


if __name__ == "__main__":
    main(sys.argv[1])
