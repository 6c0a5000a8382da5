"""NeuroBench 2.3.0 metric values of small models, plus verified experiments on how the metrics behave."""

import contextlib
import copy
import io
from importlib.metadata import version

import numpy as np
import snntorch as snn
import torch
from common import Fixture, hash_tensor, outdir, randomize_, rng_tensor
from M5 import M5
from m5_forward import PAR as M5_PAR, recipe_
from metric_oracle import count
from neurobench.benchmarks import Benchmark
from neurobench.metrics.static import ConnectionSparsity, Footprint, ParameterCount
from neurobench.metrics.workload import (
    MSE,
    R2,
    SMAPE,
    ActivationSparsity,
    ClassificationAccuracy,
    MembraneUpdates,
    SynapticOperations,
)
from neurobench.models import SNNTorchModel, TorchModel
from neurobench.processors.postprocessors import ChooseMaxCount
from tcn_lib import TCN
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

STATIC = [Footprint, ParameterCount, ConnectionSparsity]


class Recurrent(nn.Module):
    """A cell stepped over time from zero states, then a linear readout of the last hidden state."""

    def __init__(self, cell):
        super().__init__()
        self.cell, self.out = cell, nn.Linear(cell.hidden_size, 2)

    def forward(self, x):
        h = c = x.new_zeros(x.shape[0], self.cell.hidden_size)
        for t in range(x.shape[1]):
            if isinstance(self.cell, nn.LSTMCell):
                h, c = self.cell(x[:, t], (h, c))
            else:
                h = self.cell(x[:, t], h)
        return self.out(h)


class Spiking(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.lif1 = nn.Linear(12, 16), snn.Leaky(beta=0.9, init_hidden=True)
        self.fc2, self.lif2 = nn.Linear(16, 5), snn.Leaky(beta=0.8, init_hidden=True, output=True)

    def forward(self, x):
        return self.lif2(self.fc2(self.lif1(self.fc1(x))))


def bench(model, x, y, workload, static=(), batch=4, post=(), pre=(), loader=None):
    """Benchmark.run with its chatter captured; returns (results, lines starting with 'Error')."""
    loader = loader or DataLoader(TensorDataset(x, y), batch_size=batch)
    text = io.StringIO()
    with contextlib.redirect_stdout(text), contextlib.redirect_stderr(io.StringIO()):
        b = Benchmark(model, loader, list(pre), list(post), [list(static), list(workload)])
        res = b.run()
        del b
    return res, [l for l in text.getvalue().splitlines() if l.startswith("Error")]


def sparsify(net, rng, share):
    """Zero a share of every conv/linear/cell weight (not the biases)."""
    for n, p in net.named_parameters():
        if p.dim() > 1:
            p.data *= torch.from_numpy(rng.random(tuple(p.shape)) >= share).to(p.dtype)
    return net


def models():
    rng = np.random.default_rng(701)
    labels = lambda k, n=7: torch.from_numpy(rng.integers(0, k, n))
    top = [lambda p: p.argmax(-1)]
    relu_like = lambda *s: rng_tensor(rng, *s).clamp(min=-0.3) + 0.3  # many exact zeros
    cls, reg = [ClassificationAccuracy, ActivationSparsity, SynapticOperations], [
        MSE,
        SMAPE,
        R2,
        ActivationSparsity,
        SynapticOperations,
    ]
    net = sparsify(randomize_(M5(n_channel=16, n_output=20, **M5_PAR), rng, 1.4), rng, 0.1)
    yield (
        "m5",
        "M5, n_channel 16, n_output 20, as fixture m5_small",
        net,
        relu_like(7, 20, 201),
        labels(20),
        cls,
        top,
        TorchModel,
    )
    net = sparsify(
        randomize_(TCN(20, 10, [16] * 3, [5] * 3, batch_norm=True, dropout=0.0), rng, 1.2), rng, 0.1
    )
    yield (
        "tcn",
        "TCN(20, 10, [16]*3, [5]*3), as fixture tcn_forward",
        net,
        relu_like(7, 20, 60),
        labels(10),
        cls,
        top,
        TorchModel,
    )
    for kind in ("LSTM", "GRU", "RNN"):
        net = sparsify(randomize_(Recurrent(getattr(nn, kind + "Cell")(6, 8)), rng), rng, 0.2)
        for n, p in net.named_parameters():
            if n.startswith("cell.bias"):
                p.data[::3] = 0
        yield (
            kind.lower(),
            f"nn.{kind}Cell(6, 8) over 10 steps from zero states, then Linear(8, 2) on the last h",
            net,
            relu_like(7, 10, 6),
            rng_tensor(rng, 7, 2),
            reg,
            [],
            TorchModel,
        )
    net = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 16), nn.Sigmoid(), nn.Linear(16, 5))
    net = sparsify(randomize_(net, rng, 1.5), rng, 0.25)
    x = torch.from_numpy(rng.choice([-1.0, 0.0, 1.0], size=(7, 20)).astype(np.float32))
    yield (
        "mlp_binary",
        "Linear 20-32, ReLU, Linear 32-16, Sigmoid, Linear 16-5 on inputs in {-1,0,1}",
        net,
        x,
        labels(5),
        cls,
        top,
        TorchModel,
    )
    net = sparsify(randomize_fc(Spiking(), rng), rng, 0.1)
    x = torch.from_numpy((rng.random((7, 20, 12)) < 0.3).astype(np.float32))
    x[::2, :8] = 0  # silent starts and zero biases: some membranes stay at rest
    yield (
        "snn_leaky",
        (
            "Linear 12-16, Leaky(0.9), Linear 16-5, Leaky(0.8), threshold 1, reset by subtraction, 20 steps,"
            " input (B,T,F)"
        ),
        net,
        x,
        labels(5),
        [*cls, MembraneUpdates],
        [ChooseMaxCount()],
        SNNTorchModel,
    )


def randomize_fc(net, rng):
    for m in (net.fc1, net.fc2):
        m.weight.data = rng_tensor(rng, *m.weight.shape, scale=0.6, offset=0.1)
        m.bias.data = rng_tensor(rng, *m.bias.shape, scale=0.05) * torch.from_numpy(
            rng.random(m.bias.shape) < 0.3
        )
    return net


def model_prediction(model, x, post):
    with torch.no_grad():
        return post[0](model(x))


def near_zero(model, net, x):
    """Smallest |input| of any ReLU: how far the counts are from changing through rounding."""
    least = [float("inf")]
    hooks = [
        m.register_forward_pre_hook(lambda m, a: least.append(a[0][a[0] != 0].abs().min().item()))
        for m in net.modules()
        if isinstance(m, nn.ReLU)
    ]
    model(x)
    for h in hooks:
        h.remove()
    return min(least)


def replay_leaky(net, x):
    """The neuron model in plain form: u = beta*u + input - (u > 1), spike = u > 1 (u starts at 0; the reset
    lags one step).
    """
    u1, u2, out = torch.zeros(len(x), 16), torch.zeros(len(x), 5), []
    for t in range(x.shape[1]):
        u1 = 0.9 * u1 + net.fc1(x[:, t]) - (u1 > 1).float()
        u2 = 0.8 * u2 + net.fc2((u1 > 1).float()) - (u2 > 1).float()
        out.append((u2 > 1).float())
    return torch.stack(out, 1)


def threshold_gap(model, net_input):
    gap = [float("inf")]
    for m in model.net.modules():
        if isinstance(m, snn.Leaky):
            m.register_forward_hook(lambda m, a, o: gap.append((m.mem - m.threshold).abs().min().item()))
    with torch.no_grad():
        model(net_input)
    return min(gap)


def float64_equal(net, x, res):
    r, _ = bench(
        TorchModel(copy.deepcopy(net).double()),
        x.double(),
        torch.zeros(2).long(),
        [ActivationSparsity, SynapticOperations],
        batch=1,
    )
    return all(r[k] == res[k] for k in r)


def full_size():
    """Static values and Dense of the full-size networks (weights do not matter for these)."""
    rows = {}
    x = hash_tensor((2, 20, 201), 1001, 2.0)
    for name, net in (
        ("m5_full", M5(n_channel=256, n_output=200, **M5_PAR)),
        ("tcn_full", TCN(20, 200, [256] * 4, [9] * 4, batch_norm=True, dropout=0.1)),
    ):
        if name == "m5_full":
            recipe_(net)  # the same weights as fixture m5_full
        res, err = bench(
            TorchModel(net),
            x,
            torch.zeros(2).long(),
            [ActivationSparsity, SynapticOperations],
            STATIC,
            batch=1,
        )
        assert not err
        rows[name] = {k: res[k] for k in ("Footprint", "ParameterCount")} | {
            "Dense": res["SynapticOperations"]["Dense"]
        }
        if name == "m5_full":
            rows[name]["smallest_nonzero_relu_input"] = float(f"{near_zero(TorchModel(net), net, x):.1e}")
            rows[name]["tolerance"] = (
                "ActivationSparsity and Effective_MACs may move by a few counts if float32 rounding flips a"
                " ReLU; in float64 torch they are equal"
                if float64_equal(net, x, res)
                else "float64 differs"
            )
            rows[name] |= {
                "input": "hash_tensor((2,20,201), salt 1001, scale 2), batches of 1",
                "ConnectionSparsity": res["ConnectionSparsity"],
                "ActivationSparsity": res["ActivationSparsity"],
                "SynapticOperations": res["SynapticOperations"],
            }
    rows["tcn_full"]["network"] = "TCN(20, 200, [256]*4, [9]*4, batch_norm), input (20,201)"
    return rows


def main():
    out = outdir()
    fx = Fixture(
        "metrics",
        "NeuroBench 2.3.0 metric values on small models, each run as batches of 4 and 3 samples",
        "metrics.py",
        {"neurobench": version("neurobench"), "snntorch": version("snntorch"), "batch_size": 4, "samples": 7},
        [
            (
                "tensors: MODEL/state/*, MODEL/input, MODEL/target, MODEL/output (raw network output per"
                " sample)."
            ),
            (
                "values: counts are exact integers divided by 7 in double; ActivationSparsity and accuracies"
                " to 1e-7; MSE and SMAPE to 1e-5 relative, R2 to 1e-6 absolute."
            ),
            (
                "per_layer: totals over all samples and calls (not divided), recounted by metric_oracle.py,"
                " which is asserted equal to NeuroBench here."
            ),
        ],
    )
    fx.json["models"] = {}
    for name, about, net, x, y, workload, post, wrap in models():
        model = wrap(net)
        if ClassificationAccuracy in workload:  # labels that are right for samples 0, 2, 3, 5
            pred = model_prediction(wrap(copy.deepcopy(net)), x, post)
            y = torch.where(torch.tensor([1, 0, 1, 1, 0, 1, 0]).bool(), pred, (pred + 1) % (y.max() + 1))
        static_before, _ = bench(model, x, y, [], STATIC)
        res, err = bench(model, x, y, workload, STATIC, post=post)
        assert not err, err
        again, _ = bench(model, x, y, workload, STATIC, post=post)
        model2 = wrap(net)
        ops, sparsity, per = count(model2, net, list(x.split(4)), model2)
        assert all(res["SynapticOperations"][k] == ops[k] for k in ops), (
            name,
            res["SynapticOperations"],
            ops,
        )
        assert abs(res["ActivationSparsity"] - sparsity) < 1e-12
        with torch.no_grad():
            raw = model(x)
        row = {
            "about": about,
            "values": {k: static_before.get(k, v) for k, v in res.items()},
            "per_layer": per,
        }
        drift = {
            k: [static_before[k], res[k], again[k]]
            for k in static_before
            if len({static_before[k], res[k], again[k]}) > 1
        }
        if drift:
            row["changes_with_use"] = {
                k: {"fresh": v[0], "second run": v[1], "third run": v[2]} for k, v in drift.items()
            }
        assert {k: v for k, v in again.items() if k not in drift} == {
            k: v for k, v in res.items() if k not in drift
        }
        if any(isinstance(m, nn.ReLU) for m in net.modules()):
            row["smallest_nonzero_relu_input"] = float(f"{near_zero(model, net, x):.1e}")
        if name == "snn_leaky":
            assert torch.equal(replay_leaky(net, x), raw)
            row["neuron"] = "u = beta*u + input - (u_previous > 1); spike = (u > 1); u starts at 0"
            row["smallest_distance_of_a_membrane_to_threshold"] = float(
                f"{threshold_gap(wrap(copy.deepcopy(net)), net_input=x):.1e}"
            )
        fx.json["models"][name] = row
        for k, v in net.state_dict().items():
            fx.add(f"{name}/state/{k}", v, "torch", note="input")
        fx.add(
            f"{name}/input",
            x,
            {"m5": "B,C,T", "tcn": "B,C,T", "mlp_binary": "B,F"}.get(name, "B,T,F"),
            note="input",
        )
        fx.add(f"{name}/target", y, "B" if y.dim() == 1 else "B,D", note="input")
        if name == "snn_leaky":
            fx.add(f"{name}/output", raw, "B,T,C", atol=0.0)
        else:
            m64 = wrap(copy.deepcopy(net).double())
            fx.add(f"{name}/output", raw, "B,C", ref64=m64(x.double()))
            r64, _ = bench(m64, x.double(), y if y.dtype == torch.int64 else y.double(), workload, post=post)
            row["abs_deviation_of_float64_torch"] = {
                k: float(f"{abs(res[k] - v):.1e}") for k, v in r64.items() if isinstance(v, float)
            }
            assert r64["SynapticOperations"] == res["SynapticOperations"], name
    fx.json["full_size"] = full_size()
    from metric_experiments import EXPERIMENTS

    fx.json["semantics"] = [
        {"id": f.__name__, "claim": " ".join(f.__doc__.split()), "observed": f()} for f in EXPERIMENTS
    ]
    fx.write(out)


if __name__ == "__main__":
    main()
