#!/usr/bin/env python3
"""Makes the references of the Mackey-Glass series and of NeuroBench's trained network for it:

    python3 mackey_glass.py NEUROBENCH/examples/mackey_glass OUTDIR

Needs jitcdde, numpy, torch and safetensors, and a C compiler. The stored files were made with jitcdde 1.8.3, torch
2.13 and NeuroBench's files of commit e521c28.

series.json has the first points of the series by jitcdde, in float64, with a relative tolerance of 1e-10, and the series
in esn.pth that its network was trained on. That one was made by jitcdde at its default tolerance of 1e-5, and its points
are (20 + 1/75) / 1500 Lyapunov times apart, not 1/75. Two solvers agree until their error has grown, by e in every
Lyapunov time (75 points), to what is looked at.

esn.safetensors has the weights in esn.pth, what it computes one step ahead of each point of its own series, and what it
forecasts from there on, both in float64.
"""
import json
import pathlib
import sys
import types

import numpy as np
import torch
from jitcdde import jitcdde, t, y
from safetensors.torch import save_file

SERIES = {17: (197, 0.7206597), 23: (106, 0.8622247), 30: (139, 0.2713639)}
POINTS = 400


def series(tau, lyapunov, past, count, interval, rtol):
    equation = [0.2 * y(0, t - tau) / (1 + y(0, t - tau) ** 10) - 0.1 * y(0)]
    solver = jitcdde(equation, verbose=False)
    solver.set_integration_parameters(atol=rtol * 1e-2 if rtol < 1e-5 else 1e-10, rtol=rtol)
    solver.constant_past([past])
    solver.step_on_discontinuities()
    return [float(solver.integrate(tau + i * interval)[0]) for i in range(count)]


def network(folder):
    """The module in esn.pth, whose class is looked up where it was when it was saved."""
    sys.path.insert(0, str(folder))
    import echo_state_network

    name = "neurobench.examples.mackey_glass.echo_state_network"
    for part in (name.rsplit(".", 2)[0], name.rsplit(".", 1)[0]):
        sys.modules[part] = types.ModuleType(part)
    sys.modules[name] = echo_state_network
    return torch.load(folder / "model_data" / "esn.pth", weights_only=False)


def main():
    folder, out = map(pathlib.Path, sys.argv[1:])
    out.mkdir(parents=True, exist_ok=True)
    esn = network(folder)
    inputs = esn.reservoir_tr[1].detach()
    own = {"tau": 30, "past": 0.2713639, "interval": (20 * 139 + 139 / 75) / 1500, "values": inputs.tolist()}
    tight = [
        {"tau": tau, "past": past, "interval": lyapunov / 75,
         "values": series(tau, lyapunov, past, POINTS, lyapunov / 75, 1e-10)}
        for tau, (lyapunov, past) in SERIES.items()
    ]
    default = {**tight[0], "values": series(17, 197, 0.7206597, 75, 197 / 75, 1e-5)}
    (out / "mackey_glass.json").write_text(
        json.dumps({"tight": tight, "default": default, "neurobench": own}) + "\n")
    with torch.no_grad():
        value, predictions = inputs[-1].reshape(1, 1), []
        for _ in range(75):
            value = esn.Wout(torch.cat((torch.ones(1, 1), value, esn.reservoir), 0).T) if not predictions \
                else esn.single_forward(value)
            predictions.append(value.item())
    tensors = {
        "W.weight": esn.W.weight, "Win.weight": esn.Win.weight, "Wout.weight": esn.Wout.weight,
        "inputs": inputs, "one_step": esn.prediction_train.flatten(),
        "forecast": torch.tensor(predictions, dtype=torch.float64),
    }
    save_file({k: v.detach().float().contiguous() for k, v in tensors.items()}, out / "esn.safetensors")


main()
