"""Eval-mode forward of NeuroBench's M5: small network with every activation, full one from a recipe."""

import copy

import numpy as np
import torch
from common import RECIPE_TEXT, Fixture, hash_tensor, outdir, randomize_, rng_tensor
from M5 import M5

STEPS = [f"{op}{i}" for i in (1, 2, 3, 4) for op in ("conv", "bn", "act", "drop", "pool")]
PAR = dict(n_input=20, stride=2, input_kernel=4, pool_kernel=2, drop=True)


def trace(net, x):
    """Outputs of all named layers, the pooled features and the logits."""
    got = {}
    hooks = [getattr(net, s).register_forward_hook(lambda m, i, o, s=s: got.update({s: o})) for s in STEPS]
    with torch.no_grad():
        got["logits"] = net(x)
        got["features"] = net(x, features_out=True)
    for h in hooks:
        h.remove()
    return got


def both(net, x):
    return trace(net, x), trace(copy.deepcopy(net).double(), x.double())


def recipe_(net):
    """Fill every state tensor from hash_tensor; returns the table that goes into the JSON."""
    table = []
    for salt, (name, p) in enumerate(net.state_dict().items(), start=1):
        if name.endswith("num_batches_tracked"):
            continue
        if p.dim() > 1:
            scale, offset = round(float(np.sqrt(3.0 / p[0].numel()) * 1.4), 4), 0.0
        elif name.endswith("running_var"):
            scale, offset = 0.4, 0.8
        elif name.startswith("bn") and name.endswith("weight"):
            scale, offset = 0.3, 1.0
        else:
            scale, offset = 0.2, 0.0
        p.copy_(hash_tensor(p.shape, salt, scale, offset))
        table.append(
            {
                "name": name,
                "shape": list(p.shape),
                "salt": salt,
                "scale": scale,
                "offset": offset,
                "sum": float(p.double().sum()),
                "first": p.flatten()[0].item(),
                "last": p.flatten()[-1].item(),
            }
        )
    return table


def small(out):
    rng = np.random.default_rng(101)
    net = randomize_(M5(n_channel=16, n_output=20, **PAR), rng, gain=1.4).eval()
    x = rng_tensor(rng, 4, 20, 201)
    r32, r64 = both(net, x)
    one = net(x[:1])
    fx = Fixture(
        "m5_small",
        "M5 with n_channel 16, n_output 20 in eval mode, every activation",
        "m5_forward.py",
        {
            **PAR,
            "n_channel": 16,
            "n_output": 20,
            "bn_eps": 1e-5,
            "dropout": "0.2, inactive in eval",
            "order": "conv -> bn -> relu -> drop -> maxpool, 4 times; mean over time; linear",
        },
        [
            "state tensors are named state/..., activations act/... ; conv weight layout is out,in,k.",
            "MaxPool1d(2) floors: lengths run 201 -> 99 -> 49 -> 47 -> 23 -> 21 -> 10 -> 8 -> 4 -> 1.",
            (
                "a batch of one loses its batch axis: features.squeeze() gives logits of shape"
                f" {tuple(one.shape)}."
            ),
            "features (B, 2*n_channel) are what the prototype readout uses (features_out=True).",
        ],
    )
    for k, v in net.state_dict().items():
        lay = {3: "out,in,k", 2: "out,in", 1: "C", 0: "scalar"}[v.dim()]
        fx.add("state/" + k, v, lay, note="input")
    fx.add("input", x, "B,C,T", note="input")
    fx.add_pairs(
        {"act/" + k: v for k, v in r32.items()},
        {"act/" + k: v for k, v in r64.items()},
        lambda k: "B,C" if k in ("act/logits", "act/features") else "B,C,T",
    )
    fx.write(out)


def full(out):
    net = M5(n_channel=256, n_output=200, **PAR)
    table = recipe_(net)
    net.eval()
    x = hash_tensor((4, 20, 201), 1001, 2.0)
    r32, r64 = both(net, x)
    fx = Fixture(
        "m5_full",
        "M5 at NeuroBench's full size (n_channel 256, n_output 200); weights come from a recipe, "
        "only outputs are stored",
        "m5_forward.py",
        {
            **PAR,
            "n_channel": 256,
            "n_output": 200,
            "recipe": RECIPE_TEXT,
            "state": table,
            "input": {
                "shape": [4, 20, 201],
                "salt": 1001,
                "scale": 2.0,
                "offset": 0.0,
                "sum": float(x.double().sum()),
                "first": x.flatten()[0].item(),
            },
        },
        [
            (
                "check `sum` (Float64 sum of the Float32 values), `first` and `last` of each tensor before"
                " trusting the logits."
            ),
            "recipe_check holds the first 16 values of conv1.weight, bit exact.",
            "parameters 1503944, ParameterCount and Footprint (6028096 bytes) are in metrics.json.",
        ],
    )
    assert sum(p.numel() for p in net.parameters()) == 1503944
    fx.add("recipe_check", net.conv1.weight.flatten()[:16], "i", atol=0.0)
    for k in ("act1", "act2", "act3", "act4"):
        fx.add(k + "_mean_over_time", r32[k].mean(-1), "B,C", ref64=r64[k].mean(-1))
    for k in ("features", "logits"):
        fx.add(k, r32[k], "B,C", ref64=r64[k])
    fx.json["argmax"] = r64["logits"].argmax(1).tolist()
    fx.write(out)


if __name__ == "__main__":
    small(outdir())
    full(outdir())
