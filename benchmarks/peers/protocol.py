"""How the benchmarks talk to a peer: a line on standard input, a line in answer.

"NAME REPEATS" is answered with the seconds of one repetition, "libraries" with what is installed, and a line that begins with "{" by the
script itself. What fails is answered with "failed" and why. The process ends when its standard input does, or the one that started it.
"""
import os
import sys
import threading
import time


def follow(parent):
    """Ends this process, in the middle of a computation too, once its parent has."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def serve(works, libraries, answer=None):
    """Answers until standard input ends; works maps names to functions that make the work, answer maps a question to a line."""
    threading.Thread(target=follow, args=(os.getppid(),), daemon=True).start()
    made = {}
    for line in sys.stdin:
        line = line.strip()
        try:
            if line == "libraries":
                reply = " ".join(libraries)
            elif line.startswith("{"):
                reply = answer(line)
            else:
                name, _, repeats = line.rpartition(" ")
                work = made.get(name) or made.setdefault(name, works[name]())
                begin = time.perf_counter()
                for _ in range(int(repeats)):
                    work()
                reply = repr((time.perf_counter() - begin) / int(repeats))
        except Exception as error:  # a peer that fails is reported as absent, never as slow
            reply = "failed " + (str(error) or type(error).__name__).replace("\n", " ")
        print(reply, flush=True)
