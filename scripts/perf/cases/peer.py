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


def run(call, repeats=1, check=None):
    first = (check or call)()
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


def recurrent(kind):
    """Times the forward and backward pass of a recurrent layer."""
    tensors = given()
    x = tensors.pop("x")
    layer = kind(20, 128, batch_first=True)
    layer.load_state_dict(tensors)

    def call():
        layer.zero_grad()
        layer(x)[0].square().mean().backward()
        return layer.weight_hh_l0.grad

    run(call)


def training(load):
    """Times a training step of the network that `load` makes of our tensors."""
    tensors = given()
    model, x = load(tensors)
    y = tensors["y"].long() - 1
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    model.eval()
    with torch.no_grad():
        before = torch.nn.functional.cross_entropy(model(x), y).item()
    model.train()

    def call():
        loss = torch.nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return before

    run(call)


def inference(load, repeats=1):
    """Times the inference of the network that `load` makes of our tensors."""
    model, x = load(given())
    model.eval()

    @torch.no_grad()
    def call():
        return model(x)

    run(call, repeats)
