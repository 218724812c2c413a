#!/usr/bin/env python3
"""Rewrites a graph of ONNX for a newer set of operators, up to 20, where the installed exporter writes older ones only.

    python3 benchmarks/onnx_opset.py IN.onnx OUT.onnx [--opset 20]

What the versions say of each operator (github.com/onnx/onnx, docs/Changelog.md): from 18 on the axes of ReduceMean and its like are an
input and no attribute any more, and Split counts its outputs where no lengths are given; from 20 on GELU is one operator, which replaces
the five nodes x/√2, erf, + 1, · x, · 1/2 that exporters wrote before. Everything else has the same form from 17 to 20. Only the bytes of
the model are read, no library of ONNX is needed.
"""
import argparse
import math
import struct

REDUCTIONS = {"ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp",
              "ReduceSumSquare"}
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def fields(data):
    """(number, kind, value) of every field of a message, in their order."""
    at, found = 0, []
    while at < len(data):
        key, at = varint(data, at)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            value, at = varint(data, at)
        else:
            length = {FIXED64: 8, FIXED32: 4}.get(kind)
            if length is None:
                length, at = varint(data, at)
            value, at = data[at:at + length], at + length
        found.append((number, kind, value))
    return found


def encoded(value):
    out = bytearray()
    value &= (1 << 64) - 1
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out) + bytes([value])


def message(parts):
    out = bytearray()
    for number, kind, value in parts:
        out += encoded(number << 3 | kind)
        out += encoded(value) if kind == VARINT else value if kind != BYTES else encoded(len(value)) + value
    return bytes(out)


def texts(parts, number):
    return [v.decode() for n, _, v in parts if n == number]


def attributes(node):
    """Name to the fields of the attribute."""
    return {texts(a, 1)[0]: a for a in (fields(v) for n, _, v in node if n == 5)}


def integers(attribute):
    """The list of integers of an attribute, packed or one by one."""
    found = []
    for number, kind, value in attribute:
        if number == 8 and kind == VARINT:
            found.append(value)
        elif number == 8:
            at = 0
            while at < len(value):
                one, at = varint(value, at)
                found.append(one)
    return [v - (1 << 64) if v >> 63 else v for v in found]


def tensor(name, numbers):
    """A TensorProto of int64 numbers."""
    return message([(1, VARINT, len(numbers)), (2, VARINT, 7), (8, BYTES, name.encode()),
                    (9, BYTES, struct.pack(f"<{len(numbers)}q", *numbers))])


def scalar(data):
    """The one number of a float TensorProto; None where it is no scalar."""
    parts = fields(data)
    if next((v for n, _, v in parts if n == 2), 0) != 1 or any(n == 1 and v not in (1, b"\x01", b"") for n, _, v in parts):
        return None
    for number, kind, value in parts:
        if number in (4, 9) and kind in (BYTES, FIXED32) and len(value) == 4:
            return struct.unpack("<f", value)[0]
    return None


def node(operator, inputs, outputs, name):
    return [(1, BYTES, i.encode()) for i in inputs] + [(2, BYTES, o.encode()) for o in outputs] + [
        (3, BYTES, name.encode()), (4, BYTES, operator.encode())]


def with_gelu(nodes, constants):
    """x/√2, erf, + 1, · x, · 1/2 as one node."""
    readers = {}
    for at, n in enumerate(nodes):
        for i in texts(n, 1):
            readers.setdefault(i, []).append(at)

    def next_of(at, operator, other=None):
        """The only reader of a node's output, where it is that operator with that number beside."""
        users = readers.get(texts(nodes[at], 2)[0], [])
        if len(users) != 1 or texts(nodes[users[0]], 4) != [operator]:
            return None
        if other is None:
            return users[0]
        beside = [constants.get(i) for i in texts(nodes[users[0]], 1)]
        return users[0] if any(v is not None and abs(v - other) < 1e-6 for v in beside) else None

    gone, made = set(), {}
    for at, n in enumerate(nodes):
        if texts(n, 4) != ["Div"] or constants.get(texts(n, 1)[1]) is None or abs(constants[texts(n, 1)[1]] - math.sqrt(2)) > 1e-6:
            continue
        x = texts(n, 1)[0]
        erf = next_of(at, "Erf")
        plus = erf is not None and next_of(erf, "Add", 1)
        times = plus and next_of(plus, "Mul")
        half = times and x in texts(nodes[times], 1) and next_of(times, "Mul", .5)
        if half:
            gone |= {at, erf, plus, times, half}
            made[half] = node("Gelu", [x], texts(nodes[half], 2), f"gelu_{at}")
    return [made.get(at, n) for at, n in enumerate(nodes) if at not in gone or at in made]


def rewritten(graph, opset):
    parts = fields(graph)
    nodes = [fields(v) for n, _, v in parts if n == 1]
    constants, added = {}, []
    for n, _, v in parts:
        if n == 5:
            constants[texts(fields(v), 8)[0]] = scalar(v)
    for n in nodes:
        if texts(n, 4) == ["Constant"] and "value" in attributes(n):
            constants[texts(n, 2)[0]] = scalar(next(v for k, _, v in attributes(n)["value"] if k == 5))
    for at, n in enumerate(nodes):
        operator, own = texts(n, 4)[0], attributes(n)
        if operator in REDUCTIONS and "axes" in own and opset >= 18:
            name = f"axes_of_{at}"
            added.append((5, BYTES, tensor(name, integers(own["axes"]))))
            kept = [f for f in n if not (f[0] == 5 and texts(fields(f[2]), 1) == ["axes"])]
            last = max(i for i, f in enumerate(kept) if f[0] == 1)
            nodes[at] = kept[:last + 1] + [(1, BYTES, name.encode())] + kept[last + 1:]
        elif operator == "Split" and len(texts(n, 1)) == 1 and "num_outputs" not in own and opset >= 18:
            count = message([(1, BYTES, b"num_outputs"), (3, VARINT, len(texts(n, 2))), (20, VARINT, 2)])
            nodes[at] = n + [(5, BYTES, count)]
    if opset >= 20:
        nodes = with_gelu(nodes, constants)
    return message([(1, BYTES, message(n)) for n in nodes] + [p for p in parts if p[0] != 1] + added)


def convert(source, target, opset=20):
    with open(source, "rb") as file:
        parts = fields(file.read())
    versions = [dict((n, v) for n, _, v in fields(value)) for number, _, value in parts if number == 8]
    own = next(v for v in versions if v.get(1, b"") in (b"", b"ai.onnx"))
    if own[2] < 17 or opset > 20:
        raise SystemExit(f"{source}: from operators 17 up to 20, not {own[2]} to {opset}")
    parts = [(1, VARINT, 9) if n == 1 else (7, BYTES, rewritten(v, opset)) if n == 7 else (n, kind, v)
             for n, kind, v in parts if n != 8] + [(8, BYTES, message([(1, BYTES, b""), (2, VARINT, opset)]))]
    with open(target, "wb") as file:
        file.write(message(parts))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source")
    parser.add_argument("target")
    parser.add_argument("--opset", type=int, default=20)
    given = parser.parse_args()
    convert(given.source, given.target, given.opset)
