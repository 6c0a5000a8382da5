"""What the peers of the cases share: the tensors that our side saved, timing, and the line that scripts/perf/compare
reads.

Each peer is called as `python NAME.py FOLDER THREADS WARM_UP CALLS`.
"""
import json
import pathlib
import struct
import sys
import time

import torch

FOLDER, THREADS, WARM_UP, CALLS = pathlib.Path(sys.argv[1]), *map(int, sys.argv[2:5])
torch.set_num_threads(THREADS)
TYPES = {"F32": torch.float32, "I32": torch.int32, "BOOL": torch.bool}


def given():
    """The tensors by name. Ours are (batch, time, channel)."""
    content = (FOLDER / "given.safetensors").read_bytes()
    length = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8:8 + length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        start, end = (8 + length + offset for offset in entry["data_offsets"])
        flat = torch.frombuffer(bytearray(content[start:end]), dtype=TYPES[entry["dtype"]])
        tensors[name] = flat.reshape(entry["shape"])
    return tensors


def run(call, repeats=1):
    first = call()
    check = [first] if isinstance(first, float) else first.detach().flatten().tolist()
    for _ in range(WARM_UP):
        call()
    times = []
    for _ in range(CALLS):
        start = time.perf_counter()
        for _ in range(repeats):
            call()
        times.append((time.perf_counter() - start) * 1e3 / repeats)
    print(json.dumps({"milliseconds": times, "check": check[::max(1, len(check) // 64)]}))
