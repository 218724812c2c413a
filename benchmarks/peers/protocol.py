"""How the benchmarks talk to a peer: lines "NAME REPEATS" on standard input, each answered with the seconds of one repetition.

"libraries" names what is installed; "speed" gives the GFLOP/s of a matrix product, by which the best setting of OpenBLAS is chosen.
"""
import sys
import time


def serve(works, libraries, speed):
    """Answers until standard input ends; works maps names to functions that make the work."""
    made = {}
    for line in sys.stdin:
        name, _, repeats = line.strip().rpartition(" ")
        if line.strip() == "libraries":
            print(" ".join(libraries), flush=True)
            continue
        if line.strip() == "speed":
            print(repr(speed()) if libraries else "0", flush=True)
            continue
        try:
            work = made.get(name) or made.setdefault(name, works[name]())
            begin = time.perf_counter()
            for _ in range(int(repeats)):
                work()
            print(repr((time.perf_counter() - begin) / int(repeats)), flush=True)
        except Exception as error:  # a peer that fails is reported as absent, never as slow
            print("failed " + str(error).replace("\n", " "), flush=True)
