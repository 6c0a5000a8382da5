"""NeuroBench's spiking network (adaptive recurrent LIF) at small size: traces, outputs, surrogate gradients."""

import copy

import numpy as np
import sparchSNNs
import torch
import torch.nn.functional as F
from common import Fixture, outdir, rng_tensor
from sparchSNNs import SNN

B, T, SIZES, INPUT = 4, 30, [16, 16, 10], 12
SEED = 49  # see `margin` in the notes: no membrane lies close to the threshold or to an edge of the boxcar


class Spike64(torch.autograd.Function):
    """Float64 stand-in (the reference function always returns float32), used for the precision check only."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return (x > 0).to(x.dtype)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * ((x > -0.5) & (x <= 0.5))


def build(seed):
    torch.manual_seed(seed)
    net = SNN(
        input_shape=(B, T, INPUT),
        neuron_type="RadLIF",
        layer_sizes=SIZES,
        normalization="batchnorm",
        dropout=0.0,
        bidirectional=False,
        use_readout_layer=True,
    )
    rng = np.random.default_rng(seed)
    for lay in net.snn[:-1]:  # trained-looking: lively firing, some parameters outside their clamp range
        lay.norm.weight.data = rng_tensor(rng, SIZES[0], scale=0.6, offset=5.0)
        lay.norm.bias.data = rng_tensor(rng, SIZES[0], scale=0.4, offset=2.0)
        lay.norm.running_mean.copy_(rng_tensor(rng, SIZES[0], scale=0.05))
        lay.norm.running_var.copy_(0.2 + rng_tensor(rng, SIZES[0], scale=0.1).abs())
        lay.alpha.data[:2] = torch.tensor([0.5, 0.99])
        lay.beta.data[:2] = torch.tensor([0.9, 0.999])
        lay.a.data = torch.from_numpy(rng.uniform(-0.1, 0.7, SIZES[0]).astype(np.float32))
        lay.a.data[:2] = torch.tensor([1.2, -1.3])
        lay.b.data[:2] = torch.tensor([-0.2, 2.5])
    x = torch.from_numpy(
        rng.choice([-1.0, 0.0, 1.0], p=[0.2, 0.55, 0.25], size=(B, T, INPUT)).astype(np.float32)
    )
    y = torch.from_numpy(rng.integers(0, SIZES[-1], B))
    n = len(net.snn) - 1
    start = [torch.from_numpy(rng.random((3, B, s)).astype(np.float32)) for s in SIZES[:n]]
    return net, x, y, start


def run(net, x, y, start, train):
    """torch.rand is replaced by the stored initial states (order per layer: u, w, and an unused third draw)."""
    draws = iter([d.to(x.dtype) for s in start for d in s])
    real, got = torch.rand, {}
    for i, lay in enumerate(net.snn[:-1]):
        trace = []
        fct = Spike64.apply if x.dtype == torch.float64 else sparchSNNs.SpikeFunctionBoxcar.apply
        lay.spike_fct = lambda v, trace=trace, fct=fct: trace.append(v.detach()) or fct(v)
        got[f"layer{i}/trace"] = trace
    net.train(train)
    net.zero_grad()
    sparchSNNs.torch.rand = lambda *shape: next(draws)
    try:
        h = x
        for i, lay in enumerate(net.snn[:-1]):
            h = lay(h)
            got[f"layer{i}/spikes"] = h.detach()
        out = net.snn[-1](h)
    finally:
        sparchSNNs.torch.rand = real
    for i in range(len(net.snn) - 1):
        tr = got.pop(f"layer{i}/trace")  # first entry is the initial u - 0.5, then u - 1 for every step
        got[f"layer{i}/u_minus_threshold"] = torch.stack(tr[1:], dim=1)
    got["output"] = out.detach()
    loss = F.cross_entropy(out / T, y)
    loss.backward()
    got["loss"] = loss.detach()
    got.update({"grad/" + k: p.grad.clone() for k, p in net.named_parameters()})
    if train:
        got.update({"after/" + k: v.clone() for k, v in net.state_dict().items() if "running" in k})
    return got


def margin(r):
    """Distance of every u - threshold from the spike step (0) and from the boxcar edges (-0.5, 0.5)."""
    u = torch.cat([r[k].flatten() for k in r if k.endswith("u_minus_threshold")])
    return min(u.abs().min(), (u - 0.5).abs().min(), (u + 0.5).abs().min()).item()


def unstable():
    """Fraction of default-initialised neurons whose subthreshold (u, w) map has an eigenvalue above 1."""
    lay = sparchSNNs.RadLIFLayer(20, 1024, 1)
    al, be, a = (p.detach().double().numpy() for p in (lay.alpha, lay.beta, lay.a))
    m = np.array([[al - (1 - al) * a, -(1 - al) * be], [a, be]]).transpose(2, 0, 1)
    bad = np.abs(np.linalg.eigvals(m)).max(1) > 1 + 1e-12
    assert (bad == (a < -(1 - be))).all()
    return bad.mean()


def both(seed, train):
    net, x, y, start = build(seed)
    r64 = run(copy.deepcopy(net).double(), x.double(), y, start, train)
    return net, x, y, start, run(net, x, y, start, train), r64


def layout(k):
    if k.endswith(("spikes", "threshold")):
        return "B,T,H"
    if k == "output":
        return "B,C"
    return "scalar" if k == "loss" else ("out,in" if ".W." in k or ".V." in k else "H")


def main():
    fx = None
    for mode in ("train", "eval"):
        net, x, y, start, r32, r64 = both(SEED, mode == "train")
        if fx is None:
            fresh, *_ = build(SEED)
            fx = Fixture(
                "radlif",
                "NeuroBench SNN: two RadLIF layers (BatchNorm over B*T, dropout 0) and the cumulative-sum"
                " readout",
                "radlif.py",
                {
                    "sizes": [INPUT] + SIZES,
                    "timesteps": T,
                    "batch": B,
                    "threshold": 1.0,
                    "bn_momentum": 0.05,
                    "bn_eps": 1e-5,
                    "use_bias": False,
                    "use_readout_bias": False,
                    "alpha_clamp": [float(v) for v in net.snn[0].alpha_lim],
                    "beta_clamp": [float(v) for v in net.snn[0].beta_lim],
                    "a_clamp": [-1.0, 1.0],
                    "b_clamp": [0.0, 2.0],
                    "loss": "cross_entropy(output / timesteps, labels), mean over the batch",
                },
            )
            for k, v in fresh.state_dict().items():
                fx.add("state/" + k, v, layout(k), note="input")
            fx.add("input", x, "B,T,F", note="input")
            fx.add("labels", y, "B", note="input")
            for i, s in enumerate(start):
                fx.add(f"layer{i}/u0", s[0], "B,H", note="input")
                fx.add(f"layer{i}/w0", s[1], "B,H", note="input")
                fx.add(f"layer{i}/s0", (s[0] > 0.5).int(), "B,H", note="input: s0 = (u0 - 0.5 > 0)")
            diag = [lay.V.weight.diagonal().abs().max().item() for lay in fresh.snn[:-1]]
            gdiag = [r32[f"grad/snn.{i}.V.weight"].diagonal().abs().max().item() for i in range(2)]
            for i in range(2):  # clamped parameters get no gradient
                assert all(not r32[f"grad/snn.{i}.{p}"][:2].any() for p in ("alpha", "beta", "a", "b"))
            after = [lay.V.weight.diagonal().abs().max().item() for lay in net.snn[:-1]]
        for k, v in r32.items():
            if k.endswith("spikes"):
                assert torch.equal(v.double(), r64[k])
                fx.add(f"{mode}/{k}", v.int(), layout(k), atol=0.0)
            else:
                fx.add(f"{mode}/{k}", v, layout(k), ref64=r64[k])
        rates = [round(r32[f"layer{i}/spikes"].mean().item(), 3) for i in range(2)]
        fx.json["notes"] += [
            f"{mode}: firing rates {rates}; margin (closest u - threshold to 0 or to a boxcar edge)"
            f" {margin(r64):.1e}, largest float32 error of u"
            f" {max((r32[k].double() - r64[k]).abs().max().item() for k in r32 if 'minus' in k):.1e}"
        ]
    fx.json["notes"] += [
        (
            "per step: w = beta*w + a*u + b*s; u = alpha*(u - s) + (1-alpha)*(BN(W x)[t] + V s - w); s = (u -"
            " 1 > 0). w uses the OLD u and s; V s is Linear: s @ V.weight^T. alpha, beta, a, b are clamped"
            " (gradient 0 outside the range)."
        ),
        (
            "surrogate: d s/d u = 1 for -0.5 < u - 1 <= 0.5, else 0 (0.5 included, -0.5 excluded). The reset"
            " term uses s, so gradients flow through it."
        ),
        (
            "initial u, w are uniform [0,1) draws from torch.rand at EVERY forward call, in eval too (a third"
            " draw is made and discarded): the reference is not deterministic without a seed. Here the draws"
            " are the stored u0, w0; s0 = u0 > 0.5."
        ),
        (
            "the diagonal of V is zeroed in place at every forward: stored state/*.V.weight has diagonal up"
            f" to {max(diag):.2f}, after one forward {max(after):.0f}. Its gradient diagonal is NOT zero (up"
            f" to {max(gdiag):.1e}); an optimiser moves it and the next forward clears it again."
        ),
        (
            "below threshold a neuron is unstable (u and w grow exponentially, then it always or never"
            f" fires) when a < -(1 - beta); {100 * unstable():.0f} % of neurons start that way under the"
            " reference's own uniform init. Neuron 1 here (a clamped to -1) shows it."
        ),
        "output = sum over time of W_readout s (no softmax, no leak).",
        "tensors are named train/... and eval/...; layerN/u_minus_threshold holds u - 1 after each step.",
    ]
    fx.write(outdir())


if __name__ == "__main__":
    main()
