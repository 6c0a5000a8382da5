"""Small experiments that pin down how NeuroBench 2.3.0's metrics behave (run by metrics.py).

Each function's docstring is the claim; what it returns is stored as `observed`; asserts guard the claim."""

import copy
import gc

import numpy as np
import snntorch as snn
import torch
import torch.nn.functional as F
from metric_oracle import conv1d_ops
from metrics import Spiking, bench
from neurobench.benchmarks import Benchmark
from neurobench.metrics.static import ConnectionSparsity, Footprint, ParameterCount
from neurobench.metrics.utils.layers import single_layer_MACs
from neurobench.metrics.workload import (
    MSE,
    R2,
    SMAPE,
    ActivationSparsity,
    ActivationSparsityByLayer,
    ClassificationAccuracy,
    MembraneUpdates,
    SynapticOperations,
)
from neurobench.models import SNNTorchModel, TorchModel
from tcn_lib import TCN
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

EXPERIMENTS = []


def experiment(f):
    EXPERIMENTS.append(f)
    return f


class Fn(nn.Module):
    """A network from submodules and a forward function."""

    def __init__(self, fn, **parts):
        super().__init__()
        self.fn = fn
        for k, v in parts.items():
            setattr(self, k, v)

    def forward(self, x):
        return self.fn(self, x)


def ones_(m, bias=1.0):
    for n, p in m.named_parameters():
        p.data.fill_(bias if "bias" in n else 1.0)
    return m


def ops(net, x, batch=4, wrap=TorchModel):
    res, err = bench(wrap(net), x, torch.zeros(len(x)), [SynapticOperations], batch=batch)
    return res["SynapticOperations"], err


def sparsity(net, x, batch=4):
    return bench(TorchModel(net), x, torch.zeros(len(x)), [ActivationSparsity], batch=batch)[0][
        "ActivationSparsity"
    ]


def _static(net, what):
    try:
        return what()(TorchModel(net))
    except Exception as e:
        return f"{type(e).__name__}: {e}"


X5 = torch.full((7, 5), 2.0)


# ---- pipeline


@experiment
def averages_are_weighted_by_batch_size():
    """Non-accumulated metrics (accuracy, MSE, SMAPE, ActivationSparsity): result = sum over batches of value_b
    * B_b / N, in double; value_b is a float32 mean, so 3 of 7 correct is not exactly 3/7.
    """
    p = torch.tensor([1, 1, 0, 0, 1, 0, 0])
    r, _ = bench(TorchModel(nn.Identity()), p, torch.ones(7).long(), [ClassificationAccuracy])
    assert r["ClassificationAccuracy"] == 0.5 * 4 / 7 + float(np.float32(1 / 3)) * 3 / 7 != 3 / 7
    return {"accuracy": r["ClassificationAccuracy"], "exact 3/7": 3 / 7}


@experiment
def metrics_see_the_unprocessed_data():
    """Metrics get the data tuple as it came from the loader: a preprocessor that changes labels or batch size
    does not reach them.
    """
    flip = lambda d: (d[0], 1 - d[1])
    r, _ = bench(
        TorchModel(nn.Identity()),
        torch.ones(4).long(),
        torch.ones(4).long(),
        [ClassificationAccuracy],
        pre=[flip],
    )
    double = lambda d: (torch.cat([d[0], d[0]]), d[1])
    s, _ = bench(
        TorchModel(nn.Sequential(ones_(nn.Linear(5, 3)))),
        X5[:4],
        torch.zeros(4),
        [SynapticOperations],
        pre=[double],
    )
    assert r["ClassificationAccuracy"] == 1.0 and s["SynapticOperations"]["Dense"] == 30
    return {
        "accuracy with labels flipped in preprocessing": 1.0,
        "Dense of Linear(5,3), batch doubled in preprocessing": 30.0,
        "without": 15.0,
    }


@experiment
def an_exception_zeroes_the_metric():
    """A metric that raises is printed, not raised: its accumulated value is reset to 0.0 and later batches add
    on top (accuracy: a shape mismatch in batch 1 only loses batch 1; in the last batch it loses
    everything).
    """
    out = {}
    for bad in (0, 1):
        shape = lambda p, n=[0], bad=bad: p[:, None] if (n.__setitem__(0, n[0] + 1) or n[0] - 1 == bad) else p
        r, e = bench(
            TorchModel(nn.Identity()),
            torch.ones(8).long(),
            torch.ones(8).long(),
            [ClassificationAccuracy],
            post=[shape],
        )
        out[f"mismatch in batch {bad + 1} of 2"] = [r["ClassificationAccuracy"], e[0]]
    assert [v[0] for v in out.values()] == [0.5, 0.0]
    return out


@experiment
def hooks_stay_alive_between_runs():
    """Hooks live from Benchmark.__init__ to its garbage collection and are emptied only after each batch of
    ITS OWN run. Any other forward pass of the network (support-set features, a second hook-free Benchmark
    on the same model) is added to the first batch of the next run, without adding samples. mswc_fscil.py
    does exactly this, so its session values are inflated.
    """
    model = TorchModel(nn.Sequential(ones_(nn.Linear(5, 3))))
    loader = lambda n: DataLoader(TensorDataset(torch.full((n, 5), 2.0), torch.zeros(n)), batch_size=4)
    main = Benchmark(model, loader(8), [], [], [[], [SynapticOperations]])
    rows = [main.run(quiet=True)["SynapticOperations"]["Dense"]]
    model.net(torch.full((6, 5), 2.0))  # like the support features of a session
    rows.append(main.run(quiet=True)["SynapticOperations"]["Dense"])
    query = Benchmark(model, loader(10), [], [], [[], [MSE]])  # like the accuracy-only query benchmark
    query.run(quiet=True)
    del query
    rows.append(main.run(quiet=True)["SynapticOperations"]["Dense"])
    rows.append(main.run(quiet=True)["SynapticOperations"]["Dense"])
    del main
    assert rows == [15.0, 15.0 * (8 + 6) / 8, 15.0 * (8 + 10) / 8, 15.0]
    return {
        "clean": rows[0],
        "after 6 extra samples (8 measured)": rows[1],
        "after another benchmark of 10": rows[2],
        "clean again": rows[3],
    }


@experiment
def few_shot_loop_inflation():
    """The call order of mswc_fscil.py in miniature (base 10 samples, per session 5 support samples and 4 more
    queries): the all-classes result of session s >= 2 is too high by (support + queries of the previous
    session's query benchmark) / measured samples.
    """
    model = TorchModel(nn.Sequential(ones_(nn.Linear(5, 3))))
    data = lambda n: DataLoader(TensorDataset(torch.full((n, 5), 2.0), torch.zeros(n)), batch_size=4)
    everything = Benchmark(model, data(10), [], [], [[], [ClassificationAccuracy, SynapticOperations]])
    dense = [everything.run(quiet=True)["SynapticOperations"]["Dense"]]
    for s in (1, 2, 3):
        fresh = Benchmark(model, None, [], [], [[], [ClassificationAccuracy]])
        model.net(torch.full((5, 5), 2.0))
        dense.append(everything.run(quiet=True, dataloader=data(10 + 4 * s))["SynapticOperations"]["Dense"])
        fresh.run(quiet=True, dataloader=data(4 * s))
    want = [15 * (1 + ((5 if s else 0) + (4 * (s - 1) if s > 1 else 0)) / (10 + 4 * s)) for s in range(4)]
    assert np.allclose(dense, want)
    return {"true Dense": 15, "reported, sessions 0..3": dense}


@experiment
def two_benchmarks_on_one_model_interfere():
    """A second hook-using Benchmark on the same NeuroBenchModel registers a second set of hooks. With frozen
    parameters both then count everything twice; with trainable ones the layer copy fails on the other
    hook's recorded activations (error, garbled totals). Deleting either Benchmark removes ALL hooks, after
    which the other reports 0.
    """
    out = {}
    for grad in (False, True):
        model = TorchModel(nn.Sequential(ones_(nn.Linear(5, 3)), ones_(nn.Linear(3, 2))).requires_grad_(grad))
        data = DataLoader(TensorDataset(X5, torch.zeros(7)), batch_size=4)
        a = Benchmark(model, data, [], [], [[], [SynapticOperations]])
        rows = [a.run(quiet=True)["SynapticOperations"]]
        b = Benchmark(model, data, [], [], [[], [SynapticOperations]])
        rows.append(a.run(quiet=True)["SynapticOperations"])
        del b
        gc.collect()
        rows.append(a.run(quiet=True)["SynapticOperations"])
        del a
        out["trainable" if grad else "frozen"] = dict(
            zip(("alone", "with a second Benchmark", "after deleting the second"), [r["Dense"] for r in rows])
        )
    assert list(out["frozen"].values()) == [21, 42, 0] and out["trainable"]["with a second Benchmark"] != 21
    return {"true Dense": 21, **out}


@experiment
def torchmodel_switches_to_eval_once():
    """TorchModel/SNNTorchModel call net.eval() in their constructor only; Benchmark.run neither calls eval()
    nor disables gradients.
    """
    net = nn.Sequential(nn.Linear(5, 3), nn.Dropout(0.5))
    model, seen = TorchModel(net), []
    first = net.training
    net.train()
    bench(model, X5, torch.zeros(7), [], post=[lambda p: seen.append((net.training, p.requires_grad)) or p])
    assert not first and seen[0] == (True, True)
    return {
        "training after wrapping": first,
        "training during run if set to train before": seen[0][0],
        "outputs require grad": seen[0][1],
    }


# ---- synaptic operations


@experiment
def what_a_synaptic_operation_is():
    """Effective = number of (nonzero input, nonzero weight) pairs; Dense = all pairs. Biases never count. The
    first layer is treated like any other. Values are totals / samples, not rounded.
    """
    lin = ones_(nn.Linear(5, 3))
    base, _ = ops(nn.Sequential(lin), X5)
    w = copy.deepcopy(lin)
    w.weight.data[0, :2] = 0
    nb = copy.deepcopy(lin)
    nb.bias = None
    x = X5.clone()
    x[:, 0] = 0
    x[0] = 0
    out = {
        "all nonzero": base,
        "two weights zero": ops(nn.Sequential(w), X5)[0],
        "no bias": ops(nn.Sequential(nb), X5)[0],
        "10 + 1 input zeros more": ops(nn.Sequential(lin), x)[0],
    }
    assert base == out["no bias"] == {"Effective_MACs": 15.0, "Effective_ACs": 0.0, "Dense": 15.0}
    assert (
        out["two weights zero"]["Effective_MACs"] == 13
        and out["10 + 1 input zeros more"]["Effective_MACs"] == 3 * (35 - 7 - 4) / 7
    )
    return out


@experiment
def convolution_counting():
    """Padding is never counted, not even in Dense; stride, dilation and groups are exact; inputs no window
    reaches do not count.
    """
    t = lambda **k: ops(nn.Sequential(ones_(nn.Conv1d(4, 6, 3, **k))), torch.full((1, 4, 8), 2.0))[0]["Dense"]
    out = {
        "plain": t(),
        "padding 1": t(padding=1),
        "stride 2": t(stride=2),
        "dilation 2": t(dilation=2),
        "groups 2": t(groups=2),
    }
    assert list(out.values()) == [6 * 3 * 24, (6 * 3 + 2 * 2) * 24, 3 * 3 * 24, 4 * 3 * 24, 6 * 3 * 12]
    return {"Conv1d(4,6,3) on length 8": out}


@experiment
def acs_or_macs_is_decided_per_call():
    """One call of one layer counts as ACs when EVERY element of its input tensor is -1, 0 or 1 (an all-zero
    input too), else as MACs. The decision covers the whole batch, so the batch size changes the split. For
    cells only x decides, not the state.
    """
    net = nn.Sequential(ones_(nn.Linear(5, 3)))
    x = torch.ones(4, 5)
    x[3, 0] = 0.5
    out = {
        "batch 4": ops(net, x, 4)[0],
        "batch 1": ops(net, x, 1)[0],
        "with -1": ops(net, -torch.ones(2, 5))[0],
    }
    z, h = torch.zeros(1, 6), torch.full((1, 6), 0.3)
    cell = lambda x, h: single_layer_MACs((x, h), nn.GRUCell(6, 6))[1]
    out["GRUCell counted as ACs"] = {"x = 0, h = 0.3": cell(z, h), "x = 0.3, h = 0": cell(h, z)}
    assert out["GRUCell counted as ACs"] == {"x = 0, h = 0.3": True, "x = 0.3, h = 0": False}
    assert (
        out["batch 4"]["Effective_ACs"] == 0
        and out["batch 1"]["Effective_ACs"] == 45 / 4
        and out["with -1"]["Effective_ACs"] == 15
    )
    return out


@experiment
def sums_are_float32():
    """A call's count is one float32 sum: exact up to 2^24, rounded above it (per layer and call; across calls
    Python integers add).
    """
    n, _ = single_layer_MACs(torch.full((1, 4097), 2.0), ones_(nn.Linear(4097, 4097)))
    big, _ = single_layer_MACs(torch.full((3, 4097), 2.0), ones_(nn.Linear(4097, 4097)))
    assert n == int(np.float32(4097 * 4097)) != 4097 * 4097
    g = torch.Generator().manual_seed(1)
    conv = nn.Conv1d(256, 512, 3)
    x = torch.randn(32, 256, 23, generator=g).relu()
    got, true = single_layer_MACs(x, conv)[0], conv1d_ops(x, conv, False)
    assert abs(got - true) < 1e-6 * true
    return {
        "Linear(4097,4097), 1 and 3 samples: true": [4097**2, 3 * 4097**2],
        "reported": [n, big],
        "Conv1d(256,512,3) on (32,256,23) after ReLU: true": true,
        "reported ": got,
    }


@experiment
def layer_types():
    """Counted: Linear, Conv1d/2d/3d and RNN/LSTM/GRU cells that are CHILDREN of the wrapped network (a bare
    layer as the network is invisible). Not counted: ConvTranspose, Embedding, functional calls (F.linear,
    matmul), attention products, norms, pooling. Linear on (B,T,F) counts every time step.
    """
    lin, f = ones_(nn.Linear(5, 3)), torch.full((2, 4, 5), 2.0)
    out = {
        "Linear in Sequential, (2,4,5)": ops(nn.Sequential(lin), f)[0]["Dense"],
        "bare Linear": ops(lin, f)[0]["Dense"],
        "F.linear": ops(Fn(lambda s, x: F.linear(x, s.lin.weight), lin=lin), f)[0]["Dense"],
        "ConvTranspose1d": ops(nn.Sequential(nn.ConvTranspose1d(4, 3, 2)), f)[0]["Dense"],
        "Conv2d(1,2,3,padding=1) on 4x5": ops(
            nn.Sequential(ones_(nn.Conv2d(1, 2, 3, padding=1))), f[:, None]
        )[0]["Dense"],
    }
    assert list(out.values()) == [60, 0, 0, 0, 2 * (4 * 3 - 2) * (5 * 3 - 2)]
    return out


@experiment
def repeated_modules():
    """A layer called k times counts k times. The same instance twice under one parent is hooked once (right
    count). Under two different parents it is hooked twice: counts double when its parameters are frozen,
    else the metric fails and reports 0.0.
    """
    lin = ones_(nn.Linear(5, 5))
    nets = {
        "called twice": Fn(lambda s, x: s.a(s.a(x)), a=lin),
        "twice in one Sequential": nn.Sequential(lin, lin),
        "in two Sequentials": nn.Sequential(nn.Sequential(lin), nn.Sequential(lin)),
    }
    out = {k: ops(n, X5[:4])[0] for k, n in nets.items()}
    lin.requires_grad_(False)
    out["in two Sequentials, frozen"] = ops(nets["in two Sequentials"], X5[:4])[0]
    dense = [v["Dense"] if isinstance(v, dict) else v for v in out.values()]
    assert dense == [50, 50, 0.0, 100]
    return dict(zip(out, dense))


@experiment
def inputs_are_kept_by_reference():
    """Hooks store references: an in-place change of a tensor after the layer used it changes the counts (here:
    += 1 removes all zeros from both the activation and the next layer's recorded input).
    """

    def run(inplace):
        def f(s, x):
            h = s.act(s.a(x))
            y = s.b(h)
            h = h.add_(1) if inplace else h + 1
            return y

        a = nn.Linear(5, 5)
        a.weight.data, a.bias.data = torch.eye(5), torch.tensor([1.0, -9, -9, -9, 1])
        with torch.no_grad():
            net = Fn(f, a=a, act=nn.ReLU(), b=ones_(nn.Linear(5, 2)))
            for p in net.parameters():
                p.requires_grad_(False)
            return ops(net, X5)[0]["Effective_MACs"], sparsity(net, X5)

    out = {"h + 1": run(False), "h.add_(1)": run(True)}
    assert out["h + 1"][1] == 0.6 and out["h.add_(1)"][1] == 0.0
    torch.manual_seed(0)
    tcn, x = TCN(4, 3, [6] * 2, [3] * 2, batch_norm=True), torch.randn(4, 4, 20)
    both = []
    for inplace in (True, False):
        for m in tcn.modules():
            if isinstance(m, nn.ReLU):
                m.inplace = inplace
        both.append((ops(tcn, x)[0], sparsity(tcn, x)))
    assert both[0] == both[1]
    return {
        "(Effective_MACs, ActivationSparsity)": out,
        "TCN: in-place ReLUs change nothing": both[0] == both[1],
    }


@experiment
def an_exception_unhooks_the_layer():
    """When SynapticOperations raises on a layer (here: called with a keyword argument, so its recorded input
    is empty) the result of that batch is the number 0.0 instead of a dict, its samples are not counted, and
    the layer stays unhooked for all later batches.
    """
    net = Fn(lambda s, x: s.b(s.a(input=x)), a=ones_(nn.Linear(5, 3)), b=ones_(nn.Linear(3, 2)))
    one, e = ops(net, X5[:4])
    two, _ = ops(net, X5)
    assert one == 0.0 and two["Dense"] == 6
    return {
        "one batch": one,
        "two batches (Linear a is never counted)": two,
        "true Dense": 21,
        "message": e[0],
    }


@experiment
def weight_norm_layers():
    """A weight-normalised layer cannot be binarised: the metric then sums nonzero inputs times RAW weights,
    truncated to an integer per call: a meaningless, possibly negative number. ConnectionSparsity does not
    see such a layer either.
    """
    net = nn.Sequential(ones_(torch.nn.utils.parametrizations.weight_norm(nn.Linear(5, 3))))
    r, e = ops(net, X5)
    assert not e and r["Dense"] != 15
    return {
        "result": r,
        "true Dense": 15.0,
        "sum of the raw weights": net[0].weight.sum().item(),
        "ConnectionSparsity": _static(net, ConnectionSparsity),
    }


@experiment
def nn_lstm_layer_is_unsupported():
    """nn.LSTM/GRU/RNN layers (not cells) raise inside the metric: 0.0 for one batch. With more batches the
    broken layer has lost its hook, so later batches count only the other layers, and layers before the LSTM
    keep their counts of batch 1 without its samples.
    """
    net = Fn(
        lambda s, x: s.b(s.r(s.a(x))[0]),
        a=ones_(nn.Linear(5, 4)),
        r=nn.LSTM(4, 3, batch_first=True),
        b=ones_(nn.Linear(3, 2)),
    )
    x = torch.full((8, 6, 5), 2.0)
    one, e = ops(net, x, 8)
    two, _ = ops(net, x, 4)
    assert one == 0.0 and two["Dense"] == (2 * 4 * 6 * 20 + 4 * 6 * 6) / 4
    return {"one batch": one, "two batches": two, "message": e[0]}


@experiment
def lstm_cell_dense_depends_on_the_state():
    """LSTMCell called as cell(x, (h, c)): Dense sets x to ones but h and c only to their nonzero pattern. Per
    sample: 4H*I + 4H*nnz(h) + (H + nnz(c)) + H. GRU and RNN cells use ones for h: 3H(I+H) + 3H and H(I+H).
    """
    I, H = 6, 8
    x, z, o = torch.full((1, I), 2.0), torch.zeros(1, H), torch.full((1, H), 0.5)
    d = lambda cell, *s: single_layer_MACs((x, *s), ones_(cell), total=True)[0]
    L, G, R = nn.LSTMCell(I, H), nn.GRUCell(I, H), nn.RNNCell(I, H)
    out = {
        "LSTM, zero state": d(L, (z, z)),
        "LSTM, full state": d(L, (o, o)),
        "GRU, zero state": d(G, z),
        "GRU, full state": d(G, o),
        "RNN, zero state": d(R, z),
        "RNN, full state": d(R, o),
    }
    assert (
        list(out.values())
        == [4 * H * I + 2 * H, 4 * H * (I + H) + 3 * H] + [3 * H * (I + H) + 3 * H] * 2 + [H * (I + H)] * 2
    )
    return {"I, H": [I, H], **out}


@experiment
def recurrent_cell_effective_counts():
    """Element-wise gate products count too. LSTM effective: products of the four gates, + nnz pattern of f*c +
    i*g (up to 2 per unit), + 1 per unit with o and the new c nonzero; gates count as nonzero when (ops +
    nonzero biases) > 0. GRU uses bias_ih[2] (one scalar) for all candidates, ignores the input when
    deciding if the candidate is zero, and drops (1-z)*n exactly when the raw count behind z equals 1.
    metric_oracle.py has the formulas.
    """
    g = ones_(nn.GRUCell(1, 1), bias=0.0)
    rows = {}
    for name, wz in (
        ("z count 1 (only the input weight)", [1.0, 0.0]),
        ("z count 2 (input and hidden weight)", [1.0, 1.0]),
    ):
        g.weight_ih.data[1], g.weight_hh.data[1] = wz
        rows[name] = single_layer_MACs((torch.full((1, 1), 2.0), torch.full((1, 1), 2.0)), g)[0]
    assert list(rows.values()) == [5 + 1 + 0 + 1, 6 + 1 + 1 + 1]
    return {"GRUCell(1,1), no biases": rows}


@experiment
def cells_called_without_a_state():
    """cell(x) without a state is not supported: the metric then indexes the BATCH axis. LSTMCell and GRUCell
    raise (0.0), RNNCell counts the input part of the first sample only.
    """
    run = lambda cell, b: ops(
        Fn(lambda s, x: s.c(x) if not isinstance(s.c, nn.LSTMCell) else s.c(x)[0], c=ones_(cell)),
        torch.full((b, 6), 2.0),
        b,
    )
    out = {
        f"{k}, batch {b}": (lambda r: r[0] if not r[1] else r[1][0])(run(getattr(nn, k)(6, 6), b))
        for k in ("LSTMCell", "GRUCell", "RNNCell")
        for b in (1, 4)
    }
    assert out["RNNCell, batch 4"]["Dense"] == 36 / 4 and all(
        isinstance(v, str) for k, v in out.items() if "RNN" not in k
    )
    return {"I = H = 6; one step; result or error message": out}


@experiment
def cells_without_bias():
    """GRUCell(bias=False) raises inside the metric (result 0.0); LSTMCell and RNNCell without bias work."""
    z = lambda b: torch.zeros(b, 6)
    f = lambda s, x: s.c(x, (z(len(x)), z(len(x))))[0] if isinstance(s.c, nn.LSTMCell) else s.c(x, z(len(x)))
    out = {
        k: ops(Fn(f, c=ones_(getattr(nn, k)(6, 6, bias=False))), torch.full((4, 6), 2.0))
        for k in ("LSTMCell", "GRUCell", "RNNCell")
    }
    assert out["GRUCell"][0] == 0.0
    return {k: v[0] if not v[1] else {"result": v[0], "message": v[1][0]} for k, v in out.items()}


# ---- activation sparsity


@experiment
def which_activations_count():
    """ActivationSparsity looks at outputs of nn.ReLU and nn.Sigmoid child modules only (plus added types, e.g.
    snnTorch neurons). Tanh, LeakyReLU, GELU, ReLU6, F.relu and a bare activation as the network are
    invisible; with none found the result is 0.0.
    """
    x = torch.tensor([[-1.0, -2.0, 3.0, 4.0]]).repeat(4, 1)
    out = {
        n: sparsity(nn.Sequential(m), x)
        for n, m in (
            ("ReLU", nn.ReLU()),
            ("Sigmoid", nn.Sigmoid()),
            ("Tanh", nn.Tanh()),
            ("ReLU6", nn.ReLU6()),
            ("GELU", nn.GELU()),
            ("Threshold", nn.Threshold(0, 0)),
        )
    }
    out["Sigmoid on -200 (underflow to 0)"] = sparsity(
        nn.Sequential(nn.Sigmoid()), torch.full((4, 4), -200.0)
    )
    out["F.relu"] = sparsity(Fn(lambda s, x: F.relu(x)), x)
    out["bare nn.ReLU"] = sparsity(nn.ReLU(), x)

    class Mine(nn.ReLU):
        def forward(self, x):
            return -(x.relu())  # gives -0.0 where x <= 0

    out["subclass of ReLU returning -0.0 for half"] = sparsity(nn.Sequential(Mine()), x)
    out["ReLU + Sigmoid"] = sparsity(nn.Sequential(nn.ReLU(), nn.Sigmoid()), x)
    assert (
        out["ReLU"] == out["subclass of ReLU returning -0.0 for half"] == 0.5
        and out["F.relu"] == out["bare nn.ReLU"] == out["ReLU6"] == 0.0
        and out["ReLU + Sigmoid"] == 0.25
    )
    return out


@experiment
def activation_sparsity_pools_layers_within_a_batch():
    """Within a batch zeros and elements are pooled over all layers and calls (big layers weigh more), then
    batches are averaged by size. Not rounded. Only the activation's own output counts: batch norm, dropout
    and pooling after it do not.
    """
    net = nn.Sequential(nn.Linear(1, 6), nn.ReLU(), nn.Linear(6, 2), nn.ReLU())
    net[0].weight.data, net[0].bias.data = torch.tensor([[1.0], [1], [1], [-1], [-1], [-1]]), torch.zeros(6)
    net[2].weight.data, net[2].bias.data = -torch.ones(2, 6), torch.zeros(2)
    v = sparsity(net, torch.ones(4, 1))
    assert v == (3 + 2) / 8
    return {"layers with 3/6 and 2/2 zeros": v, "mean of ratios would be": 0.75}


@experiment
def activation_sparsity_by_layer_needs_company():
    """ActivationSparsityByLayer skips its base constructor: alone, building the Benchmark raises
    AttributeError; after a hook-using metric it works. Layers are keyed by the child name only, so equal
    names in different blocks are pooled.
    """
    net = nn.Sequential(nn.Sequential(nn.ReLU()), nn.Sequential(nn.ReLU()))
    x = torch.tensor([[-1.0, 1.0]])
    try:
        bench(TorchModel(net), x, torch.zeros(1), [ActivationSparsityByLayer])
        alone = "works"
    except AttributeError as e:
        alone = f"AttributeError: {e}"
    r, _ = bench(TorchModel(net), x, torch.zeros(1), [ActivationSparsity, ActivationSparsityByLayer])
    assert alone != "works"
    return {"alone": alone, "after ActivationSparsity": r["ActivationSparsityByLayer"]}


# ---- static metrics


@experiment
def footprint():
    """Footprint = bytes of all parameters and buffers (int), non-persistent buffers included; BatchNorm's
    num_batches_tracked is int64 = 8 bytes; shared tensors count once; the element size is honoured (half =
    2).
    """
    bn, lin = nn.Sequential(nn.BatchNorm1d(3)), nn.Linear(5, 3)
    tied = Fn(lambda s, x: x, a=lin, b=nn.Linear(5, 3))
    tied.b.weight = lin.weight
    out = {
        "BatchNorm1d(3)": _static(bn, Footprint),
        "Linear(5,3)": _static(nn.Sequential(lin), Footprint),
        "two Linear(5,3), tied weight": _static(tied, Footprint),
        "Linear(5,3).half()": _static(nn.Sequential(nn.Linear(5, 3).half()), Footprint),
        "frozen Linear(5,3)": _static(nn.Sequential(nn.Linear(5, 3).requires_grad_(False)), Footprint),
        "bare Linear(5,3)": _static(nn.Linear(5, 3), Footprint),
    }
    assert list(out.values()) == [4 * 12 + 8, 72, 84, 36, 72, 72]
    return out


@experiment
def footprint_of_snntorch_grows_with_use():
    """snnTorch neurons keep their membrane as a buffer: empty before the first forward, then (last batch,
    features). A second run on the same network reports a larger Footprint that depends on the size of the
    last batch.
    """
    net = Spiking()
    x = torch.zeros(7, 3, 12)
    run = lambda: bench(SNNTorchModel(net), x, torch.zeros(7), [], [Footprint, ParameterCount])[0]
    a, b = run(), run()
    assert b["Footprint"] - a["Footprint"] == 3 * 21 * 4
    return {
        "fresh": a,
        "second run": b,
        "buffers of one fresh Leaky": {
            k: [list(v.shape), str(v.dtype)] for k, v in snn.Leaky(0.9).named_buffers()
        },
    }


@experiment
def parameter_count():
    """ParameterCount = elements of all parameters, trainable or not; buffers do not count; tied parameters
    once.
    """
    out = {
        "BatchNorm1d(3)": _static(nn.Sequential(nn.BatchNorm1d(3)), ParameterCount),
        "frozen Linear(5,3)": _static(nn.Sequential(nn.Linear(5, 3).requires_grad_(False)), ParameterCount),
    }
    assert list(out.values()) == [6, 18]
    return out


@experiment
def connection_sparsity():
    """ConnectionSparsity = zero weights / weights over Linear and Conv weights WITHOUT biases, but RNN-type
    layers and cells WITH biases; rounded to 4 decimals; other layers ignored. A network that is itself a
    leaf, or has no such layer, divides by zero: the Benchmark reports None.
    """
    lin = ones_(nn.Linear(5, 3), bias=0.0)
    lin.weight.data[0, 0] = 0
    cell = ones_(nn.GRUCell(2, 1), bias=0.0)
    out = {
        "Linear(5,3), one zero weight, zero bias": _static(nn.Sequential(lin), ConnectionSparsity),
        "GRUCell(2,1), zero biases": _static(nn.Sequential(cell), ConnectionSparsity),
        "nn.LSTM(2,1), zero biases": _static(
            nn.Sequential(ones_(nn.LSTM(2, 1), bias=0.0)), ConnectionSparsity
        ),
        "bare Linear": _static(lin, ConnectionSparsity),
        "Embedding only": _static(nn.Sequential(nn.Embedding(3, 2)), ConnectionSparsity),
    }
    r, e = bench(TorchModel(nn.Sequential(nn.ReLU())), X5, X5, [], [ConnectionSparsity])
    assert (
        out["Linear(5,3), one zero weight, zero bias"] == 0.0667
        and out["GRUCell(2,1), zero biases"] == 0.4
        and r["ConnectionSparsity"] is None
    )
    return {**out, "in a Benchmark": [r["ConnectionSparsity"], e[0]]}


# ---- regression metrics, membrane updates


@experiment
def smape_nan():
    """SMAPE = 200 * mean(|p-y| / (|p|+|y|)), range 0..200. One element with p = y = 0 makes the whole batch
    200.
    """
    run = lambda p, y: bench(TorchModel(nn.Identity()), torch.tensor(p), torch.tensor(y), [SMAPE])[0]["SMAPE"]
    out = {
        "perfect": run([1.0, 2.0], [1.0, 2.0]),
        "opposite sign": run([1.0], [-1.0]),
        "perfect, one 0/0": run([0.0, 2.0], [0.0, 2.0]),
        "0/0 in the second of two batches of 4": run([1.0] * 7 + [0.0], [1.0] * 7 + [0.0]),
    }
    assert list(out.values()) == [0, 200, 200, 100]
    return out


@experiment
def r2_uses_two_columns():
    """R2 accumulates over batches: mean of the R2 of columns 0 and 1 (needs 2-D output with at least 2
    columns; further columns are ignored), population variance over all labels. A constant label column
    gives -inf or nan.
    """
    g = torch.Generator().manual_seed(0)
    y = torch.randn(7, 3, generator=g)
    p = y.clone()
    p[:, 0] += 0.5
    p[:, 2] += 99
    run = lambda p, y, b: bench(TorchModel(nn.Identity()), p, y, [R2], batch=b)[0]["R2"]
    c = y.clone()
    c[:, 0] = 1
    out = {
        "batch 7": run(p, y, 7),
        "batch 4": run(p, y, 4),
        "batch 1": run(p, y, 1),
        "constant label column": str(run(p, c, 7)),
        "constant label column, predicted perfectly": str(run(c, c, 7)),
    }
    want = 0.5 * (1 - 7 * 0.25 / (7 * y[:, 0].var(correction=0).item())) + 0.5
    assert abs(out["batch 7"] - want) < 1e-5 and abs(out["batch 1"] - want) < 1e-5
    return out


@experiment
def membrane_updates():
    """MembraneUpdates = per sample: every neuron at the first step of a batch, then every (neuron, step) whose
    membrane differs from the previous step's (leak and reset count; a silent neuron at 0 does not). Only
    snnTorch neurons (modules with `mem`).
    """
    net = Fn(lambda s, x: s.n(x), n=snn.Leaky(beta=0.5, init_hidden=True, output=True))
    x = torch.zeros(2, 6, 3)
    x[:, 2, 0] = 0.8  # neuron 0 charges at step 2 and then leaks; 1 and 2 stay at 0
    r, _ = bench(SNNTorchModel(net), x, torch.zeros(2), [MembraneUpdates, ActivationSparsity], batch=2)
    assert r["MembraneUpdates"] == 3 + 4
    return {**r, "expected": "3 (first step) + 4 (neuron 0, steps 2..5)"}


@experiment
def spiking_layers_are_counted_per_step():
    """In an snnTorch network each step is a call, so counts add over steps; NeuroBench's RadLIF example: W is
    one call on (B,T,F), V one call per step (its zeroed diagonal reduces Effective but not Dense), all ACs
    when the input is in {-1,0,1}.
    """
    from sparchSNNs import SNN, RadLIFLayer

    torch.manual_seed(0)
    net = SNN(input_shape=(4, 9, 6), neuron_type="RadLIF", layer_sizes=[8, 8, 5], use_readout_layer=True)
    for lay in net.snn[:-1]:  # make it fire
        lay.norm.bias.data.fill_(6.0)
    model = TorchModel(net)
    model.add_activation_module(RadLIFLayer)
    x = torch.ones(4, 9, 6)
    names = {m: n for n, m in net.named_modules()}
    r, _ = bench(model, x, torch.zeros(4), [SynapticOperations, ActivationSparsity])
    assert r["SynapticOperations"]["Dense"] == 9 * (6 * 8 + 8 * 8 + 8 * 8 + 8 * 8 + 8 * 5)
    return {
        **r,
        "layers": [names[m] for m in model.connection_layers()],
        "activations": [names[a["layer"]] for a in model.activation_layers()],
        "Dense expected": "9 steps * (48 + 64 + 64 + 64 + 40)",
    }
