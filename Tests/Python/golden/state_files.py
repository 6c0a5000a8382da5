#!/usr/bin/env python3
"""Makes the state file fixtures with PyTorch and NumPy themselves: python3 state_files.py OUTDIR

The stored files were made with PyTorch 2.15 and NumPy 2.4. The tests contain their values; random ones have a fixed seed.
"""
import collections
import inspect
import json
import pathlib
import struct
import sys
import zipfile

import numpy as np
import torch

golden = pathlib.Path(__file__).parents[2] / "Fixtures" / "golden"


def read_safetensors(path, prefix):
    """The tensors of a golden file below a prefix, without it."""
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    kinds = {"F32": np.float32, "I32": np.int32, "I64": np.int64}
    state = collections.OrderedDict()
    for name, entry in json.loads(data[8:8 + size]).items():
        if not name.startswith(prefix):
            continue
        first, end = entry["data_offsets"]
        values = np.frombuffer(data[8 + size + first:8 + size + end], kinds[entry["dtype"]])
        tensor = torch.tensor(values.reshape(entry["shape"]))
        state[name[len(prefix):]] = tensor.long() if name.endswith("num_batches_tracked") else tensor
    return state


def elements():
    """Every element type, and tensors that are views of others."""
    base = torch.arange(12, dtype=torch.float32)
    return collections.OrderedDict(
        float32=torch.tensor([[1.5, -2.0], [float("inf"), 3.0]]),
        float64=torch.tensor([0.1, -1e300], dtype=torch.float64),
        float16=torch.tensor([0.5, 65504.0], dtype=torch.float16),
        bfloat16=torch.tensor([1.5, -3.0], dtype=torch.bfloat16),
        int8=torch.tensor([-128, 127], dtype=torch.int8),
        uint8=torch.tensor([0, 255], dtype=torch.uint8),
        int16=torch.tensor([-32768, 32767], dtype=torch.int16),
        int32=torch.tensor([-(2**31), 2**31 - 1], dtype=torch.int32),
        int64=torch.tensor([7, -8]),
        bool=torch.tensor([True, False, True]),
        scalar=torch.tensor(2.5),
        empty=torch.zeros(0, 3),
        turned=base.reshape(3, 4).t(),
        part=base.reshape(3, 4)[1:, 1:3],
        every_third=base[2::3],
        expanded=torch.tensor([1.0, 2.0]).expand(3, 2),
        parameter=torch.nn.Parameter(torch.ones(2)),
    )


def checkpoint():
    """A checkpoint of a training loop or of Lightning: the state of the model, the optimizer and more."""
    torch.manual_seed(1)
    model = torch.nn.Sequential(collections.OrderedDict(first=torch.nn.Linear(2, 3), norm=torch.nn.BatchNorm1d(3)))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.25)
    schedule = torch.optim.lr_scheduler.MultiStepLR(optimizer, [2, 5])
    for p in model.parameters():
        torch.nn.init.constant_(p, 0.5)
        p.grad = torch.ones_like(p)
    optimizer.step()
    schedule.step()
    state = {"model." + name: tensor for name, tensor in model.state_dict().items()}
    return {
        "epoch": 3, "seed": 2**40, "loss": 0.125, "best": True, "nothing": None, "name": "tiny – ü", "huge": 2**70,
        "state_dict": state, "optimizer_states": [optimizer.state_dict()], "schedule": schedule.state_dict(),
        "shape": torch.Size([2, 3]), "dtype": torch.float16, "device": torch.device("cuda", 1), "mixed": (1, None, "x"),
    }


class Foreign:
    def __reduce__(self):
        return (print, ("run!",))


class Part(torch.nn.Module):
    """A module with everything that a module may have besides parameters."""

    def __init__(self):
        super().__init__()
        self.inner = torch.nn.Sequential(torch.nn.Linear(2, 1), torch.nn.BatchNorm1d(1))
        self.scale = torch.nn.Parameter(torch.tensor([3.0]))
        self.register_buffer("steps", torch.tensor([4.0, 5.0]))
        self.register_buffer("scratch", torch.tensor([6.0]), persistent=False)
        self.register_parameter("shift", None)
        self.trace = torch.tensor([7.0, 8.0])
        self.parent = [self]
        self.names = {(1, "a"), 2.5}
        for name, tensor in self.named_parameters():
            torch.nn.init.constant_(tensor, len(name))


def odd():
    """A tensor, and entries that are none or of types that cannot be used."""
    return {
        "w": torch.tensor([1.0, 2.0]), "u16": torch.tensor([65535], dtype=torch.uint16),
        "u32": torch.tensor([7], dtype=torch.uint32), "f8": torch.ones(2, dtype=torch.float8_e4m3fn),
        "complex": torch.ones(2, dtype=torch.complex64), "path": pathlib.PurePosixPath("a/b"),
        "set": {1, 2}, "frozen": frozenset([1]), "bytes": b"\xff\x00", "class": collections.deque,
        "counts": collections.defaultdict(int, a=1), (1, "a"): torch.ones(1), 2.5: torch.ones(1), None: 1, True: 2,
        b"key": 3, "sparse": torch.eye(2).to_sparse(), "z": torch.tensor([9.0]),
    }


def main(out):
    torch.save(read_safetensors(golden / "m5_small.safetensors", "state/"), out / "m5_small.pt")
    torch.save(elements(), out / "elements.pt")
    torch.save(checkpoint(), out / "checkpoint.ckpt")
    torch.save(torch.tensor([1.0, 2.0]), out / "lone.pt")
    torch.save({"n": torch.tensor([2**31])}, out / "too_large.pt")
    torch.save(torch.nn.Linear(1, 1), out / "module.pt")
    torch.save({"x": Foreign()}, out / "foreign.pt")
    torch.save({"x": torch.ones(1)}, out / "old.pt", _use_new_zipfile_serialization=False)
    torch.jit.script(torch.nn.Linear(1, 1)).save(out / "program.pt")
    # The same file, compressed again by a zip tool.
    with zipfile.ZipFile(out / "elements.pt") as source, \
            zipfile.ZipFile(out / "deflated.pt", "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name), source.read(name), zipfile.ZIP_DEFLATED)

    arrays = {name: tensor.detach().numpy() for name, tensor in elements().items() if name != "bfloat16"}
    arrays["fortran"] = np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3))
    arrays["uint16"] = np.array([65535], dtype=np.uint16)
    arrays["uint32"] = np.array([5], dtype=np.uint32)
    arrays["uint64"] = np.array([6], dtype=np.uint64)
    np.savez(out / "arrays.npz", **arrays)
    np.savez_compressed(out / "packed.npz", **arrays)
    np.save(out / "lone.npy", np.arange(6, dtype=np.float64).reshape(2, 3))
    for version in [(1, 0), (2, 0), (3, 0)]:
        with open(out / f"version{version[0]}.npy", "wb") as file:
            np.lib.format.write_array(file, np.asfortranarray(np.arange(24, dtype="<i4").reshape(2, 3, 4)), version)
    np.save(out / "objects.npy", np.array([{}, 1], dtype=object))
    np.save(out / "big_endian.npy", np.zeros(2, dtype=">f4"))
    np.save(out / "structured.npy", np.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]))
    np.save(out / "words.npy", np.array(["one", "two"]))
    np.save(out / "complex.npy", np.zeros(2, dtype=np.complex64))

    # Protocol 2 is what torch.save writes unless it is told otherwise.
    for protocol in [2, 4, 5]:
        torch.save(odd(), out / f"odd{protocol}.pt", pickle_protocol=protocol)
    torch.save(odd(), out / "odd_old.pt", _use_new_zipfile_serialization=False)
    torch.save({"net": Part()}, out / "whole.pt")
    # Old files have the source of every class too, which nobody reads.
    inspect.getsourcelines = None
    torch.save(Part(), out / "whole_old.pt", _use_new_zipfile_serialization=False)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
