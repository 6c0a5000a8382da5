"""Ten steps of several optimisers on a small least-squares problem, with their states after every step."""

import numpy as np
import torch
from common import Fixture, outdir, rng_tensor

STEPS = 10
CASES = {
    "sgd": ("SGD", dict(lr=0.05)),
    "sgd_momentum": ("SGD", dict(lr=0.02, momentum=0.9)),
    "sgd_nesterov": ("SGD", dict(lr=0.02, momentum=0.9, nesterov=True)),
    "sgd_dampening_wd": ("SGD", dict(lr=0.05, momentum=0.8, dampening=0.3, weight_decay=0.1)),
    "adam": ("Adam", dict(lr=0.05)),
    "adam_wd": ("Adam", dict(lr=0.05, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1)),
    "adam_amsgrad": ("Adam", dict(lr=0.05, amsgrad=True)),
    "adamw": ("AdamW", dict(lr=0.05, weight_decay=0.1)),
    "adam_steplr": ("Adam", dict(lr=0.05)),
}
SLOTS = ("momentum_buffer", "exp_avg", "exp_avg_sq", "max_exp_avg_sq")


def run(case, A, y, W0, b0, dtype):
    kind, par = CASES[case]
    W = torch.nn.Parameter(W0.to(dtype).clone())
    b = torch.nn.Parameter(b0.to(dtype).clone())
    A, y = A.to(dtype), y.to(dtype)
    opt = getattr(torch.optim, kind)([W, b], **par)
    sched = torch.optim.lr_scheduler.StepLR(opt, 3, 0.5) if case.endswith("steplr") else None
    rows = {}
    for _ in range(STEPS):
        loss = ((A @ W.t() + b - y) ** 2).mean()
        opt.zero_grad()
        loss.backward()
        rows.setdefault("loss", []).append(loss.detach())
        for n, p in (("W", W), ("b", b)):
            rows.setdefault(f"{n}.grad", []).append(p.grad.clone())
        opt.step()
        if sched:
            sched.step()
        for n, p in (("W", W), ("b", b)):
            rows.setdefault(n, []).append(p.detach().clone())
            for s in SLOTS:
                if opt.state[p].get(s) is not None:
                    rows.setdefault(f"{n}.{s}", []).append(opt.state[p][s].clone())
    return {f"{case}/{k}": torch.stack(v) for k, v in rows.items()}


def main():
    rng = np.random.default_rng(501)
    A, y = rng_tensor(rng, 12, 4), rng_tensor(rng, 12, 3)
    W0, b0 = rng_tensor(rng, 3, 4, scale=0.7), rng_tensor(rng, 3, scale=0.5)
    fx = Fixture(
        "optim",
        "optimisers on mean((A W^T + b - y)^2), parameters W (3,4) and b (3): 10 steps, everything stored per"
        " step",
        "optim.py",
        {
            "steps": STEPS,
            "cases": {k: {"optimizer": v[0], **v[1]} for k, v in CASES.items()},
            "adam_steplr": "StepLR(step_size=3, gamma=0.5), stepped after every optimiser step",
        },
        [
            (
                "CASE/loss and CASE/X.grad are taken BEFORE the step, CASE/X and the state slots AFTER it;"
                " axis 0 is the step."
            ),
            (
                "SGD: the first momentum buffer is the gradient itself (not (1-dampening)*g); weight decay"
                " enters the gradient first; nesterov uses g + momentum*buffer."
            ),
            (
                "Adam: m_hat = m/(1-b1^t), update = lr * m_hat / (sqrt(v)/sqrt(1-b2^t) + eps): eps is added"
                " after the bias correction. weight_decay is L2 (into the gradient); AdamW multiplies the"
                " parameter by (1 - lr*wd) first."
            ),
            "amsgrad keeps the maximum of the UNcorrected second moment.",
        ],
    )
    for k, v, lay in (("A", A, "row,in"), ("y", y, "row,out"), ("W0", W0, "out,in"), ("b0", b0, "out")):
        fx.add(k, v, lay, note="input")
    for case in CASES:
        r32, r64 = run(case, A, y, W0, b0, torch.float32), run(case, A, y, W0, b0, torch.float64)
        # the experiments behind the notes
        if case == "sgd_dampening_wd":
            assert torch.allclose(
                r64[case + "/b.momentum_buffer"][0], r64[case + "/b.grad"][0] + 0.1 * b0.double()
            )
        if case == "adam":
            m, v = r64["adam/b.exp_avg"][1], r64["adam/b.exp_avg_sq"][1]
            step = 0.05 * (m / (1 - 0.9**2)) / (v.sqrt() / (1 - 0.999**2) ** 0.5 + 1e-8)
            assert torch.allclose(r64["adam/b"][0] - step, r64["adam/b"][1], rtol=0, atol=1e-12)
        if case == "adam_amsgrad":
            assert torch.equal(
                r64[case + "/b.max_exp_avg_sq"], torch.cummax(r64[case + "/b.exp_avg_sq"], 0).values
            )
        for k, v in r32.items():
            fx.add(
                k,
                v,
                "step" if k.endswith("loss") else ("step,out,in" if "/W" in k else "step,out"),
                ref64=r64[k],
            )
    fx.write(outdir())


if __name__ == "__main__":
    main()
