"""Independent integer re-count of NeuroBench's SynapticOperations (helper of metrics.py).

Written from observed behaviour; metrics.py asserts that it equals NeuroBench on every model. Counting
works per (tap, input channel): nonzero inputs seen by a tap x nonzero weights leaving that input."""

import numpy as np
import torch
from torch import nn


def nz(t, dense):
    a = t.detach().numpy()
    return np.ones(a.shape, np.int64) if dense else (a != 0).astype(np.int64)


def linear_ops(x, w, dense):
    x = nz(x, dense)
    return int(x.reshape(-1, x.shape[-1]).sum(0) @ nz(w, dense).sum(0))


def conv1d_ops(x, m, dense):
    x, w, total = nz(x, dense), nz(m.weight, dense), 0
    (s,), (p,), (d,), (k,), g = m.stride, m.padding, m.dilation, m.kernel_size, m.groups
    out = (x.shape[2] + 2 * p - d * (k - 1) - 1) // s + 1
    cin, cout = x.shape[1] // g, w.shape[0] // g
    for tap in range(k):
        at = np.arange(out) * s + tap * d - p
        seen = x[:, :, at[(at >= 0) & (at < x.shape[2])]].sum(
            (0, 2)
        )  # per input channel; padding is never counted
        for q in range(g):
            total += int(seen[q * cin : (q + 1) * cin] @ w[q * cout : (q + 1) * cout, :, tap].sum(0))
    return total


def lstm_ops(x, h, c, m, dense):
    ih, hh = nz(m.weight_ih, dense), nz(m.weight_hh, dense)
    pre = nz(x, dense) @ ih.T + nz(h, False) @ hh.T  # h and c are NOT set to one for Dense
    total = pre.sum()
    if m.bias:
        pre = pre + nz(m.bias_ih, dense) + nz(m.bias_hh, dense)
    i, f, g, o = np.split((pre != 0).astype(np.int64), 4, axis=1)
    cell = f * nz(c, False) + i * g
    return int(total + cell.sum() + (o * (cell != 0)).sum())


def gru_ops(x, h, m, dense):
    hb = nz(h, dense)
    hh = hb @ nz(m.weight_hh, dense).T
    pre = nz(x, dense) @ nz(m.weight_ih, dense).T + hh
    bi, bh = nz(m.bias_ih, dense), nz(m.bias_hh, dense)
    n = m.hidden_size
    r, z = (pre + bi + bh)[:, :n], (pre + bi + bh)[:, n : 2 * n]
    reset = (r != 0) & (hh[:, 2 * n :] + bh[2 * n :] != 0)
    new = (
        hh[:, 2 * n :] + bi[2] + reset != 0
    )  # the input part of n is left out; bi[2] is ONE number (reference quirk)
    return int(pre.sum() + reset.sum() + ((z != 1) & new).sum() + ((z != 0) * hb).sum())


def rnn_ops(x, h, m, dense):
    return int((nz(x, dense) @ nz(m.weight_ih, dense).T + nz(h, dense) @ nz(m.weight_hh, dense).T).sum())


def layer_ops(m, args, dense):
    x = args[0]
    if isinstance(m, nn.Linear):
        return linear_ops(x, m.weight, dense)
    if isinstance(m, nn.Conv1d):
        return conv1d_ops(x, m, dense)
    if isinstance(m, nn.LSTMCell):
        return lstm_ops(x, *args[1], m, dense)
    if isinstance(m, nn.GRUCell):
        return gru_ops(x, args[1], m, dense)
    return rnn_ops(x, args[1], m, dense)


def is_binary(x):
    return bool(((x == 0) | (x == 1) | (x == -1)).all())


def watch(net, layers, activations):
    """Forward hooks collecting layer inputs (as copies) and activation outputs."""
    ins, outs, handles = [], [], []
    names = {m: n for n, m in net.named_modules()}
    clone = lambda a: tuple(map(clone, a)) if isinstance(a, tuple) else a.detach().clone()
    for m in layers:
        handles.append(m.register_forward_pre_hook(lambda mod, a: ins.append((names[mod], mod, clone(a)))))
    for m in activations:
        handles.append(
            m.register_forward_hook(
                lambda mod, a, o: outs.append(
                    (names[mod], (o[0] if isinstance(o, tuple) else o).detach().clone())
                )
            )
        )
    return ins, outs, handles


def count(model, net, batches, forward):
    """(SynapticOperations dict, ActivationSparsity, per-layer totals) of a NeuroBench-wrapped model."""
    layers, acts = model.connection_layers(), [a["layer"] for a in model.activation_layers()]
    tot = {"Effective_MACs": 0, "Effective_ACs": 0, "Dense": 0}
    per, samples, size, sparsity = {}, 0, sum(len(b) for b in batches), 0.0
    for b in batches:
        ins, outs, handles = watch(net, layers, acts)
        with torch.no_grad():
            forward(b)
        for h in handles:
            h.remove()
        for name, m, args in ins:
            kind = "Effective_ACs" if is_binary(args[0]) else "Effective_MACs"
            row = per.setdefault(name, {"Effective_MACs": 0, "Effective_ACs": 0, "Dense": 0, "calls": 0})
            row["calls"] += 1
            for key, dense in ((kind, False), ("Dense", True)):
                n = layer_ops(m, args, dense)
                row[key] += n
                tot[key] += n
        zeros = sum((o == 0).sum().item() for _, o in outs)
        number = sum(o.numel() for _, o in outs)
        sparsity += (zeros / number if number else 0.0) * len(b) / size
        samples += len(b)
    return {k: v / samples for k, v in tot.items()}, sparsity, per
