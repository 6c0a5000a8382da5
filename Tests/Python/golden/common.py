"""Helpers of the fixture generators; README.md says how to run them and what they need."""

import json
import math
import os
import sys

import numpy as np
import torch
from safetensors.torch import save_file

torch.set_num_threads(1)


def outdir():
    if len(sys.argv) != 2:
        sys.exit(f"usage: python3 {os.path.basename(sys.argv[0])} OUTDIR")
    os.makedirs(sys.argv[1], exist_ok=True)
    return sys.argv[1]


def rng_tensor(rng, *shape, scale=1.0, offset=0.0):
    """Seeded normal float32 data (numpy PCG64); always stored in the fixture as well."""
    return torch.from_numpy(np.array(offset + scale * rng.standard_normal(shape), dtype=np.float32))


def hash_tensor(shape, salt, scale=1.0, offset=0.0):
    """Weight recipe that any language can repeat bit for bit.

    Over the flat (C order) index i:  h = uint32(i + salt * 0x9E3779B9)
      h ^= h>>16; h *= 0x85EBCA6B; h ^= h>>13; h *= 0xC2B2AE35; h ^= h>>16     (all modulo 2^32)
      value = Float32( offset + scale * (2 * (h>>8) / 2^24 - 1) )  computed in Float64.
    """
    n = int(np.prod(shape))
    h = np.arange(n, dtype=np.uint64) + np.uint64(salt * 0x9E3779B9 & 0xFFFFFFFF)
    m = np.uint64(0xFFFFFFFF)
    h &= m
    h ^= h >> np.uint64(16)
    h = h * np.uint64(0x85EBCA6B) & m
    h ^= h >> np.uint64(13)
    h = h * np.uint64(0xC2B2AE35) & m
    h ^= h >> np.uint64(16)
    u = (h >> np.uint64(8)).astype(np.float64) / 2.0**24
    return torch.from_numpy((offset + scale * (2.0 * u - 1.0)).astype(np.float32)).reshape(shape)


RECIPE_TEXT = " ".join(hash_tensor.__doc__.split())


def randomize_(module, rng, gain=1.0):
    """Give every parameter and BatchNorm buffer of `module` trained-looking seeded values."""
    for name, p in module.state_dict().items():
        if name.endswith("num_batches_tracked"):
            p.fill_(3)
        elif name.endswith("running_mean"):
            p.copy_(rng_tensor(rng, *p.shape, scale=0.3))
        elif name.endswith("running_var"):
            p.copy_(rng_tensor(rng, *p.shape).abs() * 0.4 + 0.5)
        elif p.dim() > 1:
            p.copy_(rng_tensor(rng, *p.shape, scale=gain / math.sqrt(p[0].numel())))
        elif ".weight" in name:  # BatchNorm scale
            p.copy_(rng_tensor(rng, *p.shape, scale=0.15, offset=1.0))
        else:
            p.copy_(rng_tensor(rng, *p.shape, scale=0.1))
    return module


def round_up(x):
    """Next one-significant-digit number >= x."""
    if x == 0:
        return 0.0
    e = math.floor(math.log10(x))
    return float(f"{math.ceil(x / 10**e - 1e-9) * 10**e:.0e}")


class Fixture:
    """Collects tensors, then writes NAME.safetensors (float32/int32 only) and NAME.json."""

    def __init__(self, name, about, script, parameters, notes=()):
        self.name, self.tensors, self.meta = name, {}, {}
        import torchaudio

        self.json = {
            "fixture": name,
            "about": about,
            "made_by": f"Tests/Python/golden/{script}",
            "versions": {"torch": torch.__version__, "torchaudio": torchaudio.__version__},
            "parameters": parameters,
            "tolerance_rule": (
                "pass when |actual - stored| <= atol elementwise (rtol is 0). atol = 8 x the largest |float32"
                " torch - float64 torch| seen in that tensor (training runs: or deviation of float64 runs"
                " whose weights and gradients carry float32-sized noise), at least 4e-7 x its largest"
                " magnitude, rounded up to one digit; atol 0 means the value is an input or must be exact."
            ),
            "notes": list(notes),
        }

    def add(self, name, value, layout, ref64=None, also=(), atol=None, note=None):
        """ref64: the same quantity computed in float64; also: the same in perturbed float64 runs.
        Both set the justified tolerance."""
        t = value.detach().cpu() if torch.is_tensor(value) else torch.as_tensor(value)
        if t.dtype in (torch.bool, torch.int64, torch.int8, torch.uint8):
            t = t.to(torch.int32)
        elif t.is_floating_point():
            t = t.to(torch.float32)
        t = t.contiguous().clone()
        m = {"layout": layout, "shape": list(t.shape), "dtype": str(t.dtype).split(".")[1]}
        if ref64 is not None:
            r = ref64.detach().double()
            fin = torch.isfinite(r)
            assert torch.equal(fin, torch.isfinite(t)), name
            err = (t.double()[fin] - r[fin]).abs().max().item() if fin.any() else 0.0
            for other in also:
                err = max(err, (other.double()[fin] - r[fin]).abs().max().item())
            mag = r[fin].abs().max().item() if fin.any() else 0.0
            m["err_perturbed_vs_f64" if also else "err_f32_vs_f64"] = float(f"{err:.2e}")
            m["max_abs"] = float(f"{mag:.4g}")
            m["atol"] = round_up(max(8 * err, 4e-7 * mag))
        if atol is not None:
            m["atol"] = atol
        m.setdefault("atol", 0.0)
        if note:
            m["note"] = note
        assert name not in self.tensors, name
        self.tensors[name], self.meta[name] = t, m

    def add_pairs(self, r32, r64, layouts, notes={}):
        """Add every tensor of the float32 run `r32`, judged against the float64 run `r64`."""
        for k, v in r32.items():
            self.add(k, v, layouts(k) if callable(layouts) else layouts[k], ref64=r64[k], note=notes.get(k))

    def write(self, out):
        path = os.path.join(out, self.name + ".safetensors")
        save_file(self.tensors, path)
        os.chmod(path, 0o644)
        self.json["tensors"] = self.meta
        write_json(out, self.name, self.json)


def write_json(out, name, obj):
    with open(os.path.join(out, name + ".json"), "w") as f:
        json.dump(obj, f, indent=1, ensure_ascii=False)
        f.write("\n")
    st = os.path.join(out, name + ".safetensors")
    print(name, "ok", os.path.getsize(st) if os.path.exists(st) else "(json only)")
