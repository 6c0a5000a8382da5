"""Five optimiser steps of a small M5 in train mode (no dropout): Adam + weight decay + StepLR."""

import copy

import numpy as np
import torch
import torch.nn.functional as F
from common import Fixture, outdir, rng_tensor
from M5 import M5

PAR = dict(n_input=20, stride=2, n_channel=16, n_output=20, input_kernel=4, pool_kernel=2, drop=False)
ADAM = dict(lr=0.01, weight_decay=0.0001)
STEPS = 5


def run(net, x, y, noise=None):
    """x: one batch per step. Returns losses, learning rates, step-1 gradients and states.
    noise: a torch.Generator; then weights and conv-bias gradients get float32-sized noise."""
    net.train()
    if noise is not None:
        for p in net.parameters():
            p.data *= 1 + 3e-7 * torch.randn(p.shape, generator=noise, dtype=p.dtype)
    opt = torch.optim.Adam(net.parameters(), **ADAM)
    sched = torch.optim.lr_scheduler.StepLR(opt, step_size=2, gamma=0.1)
    got, losses, rates = {}, [], []
    for step in range(STEPS):
        rates.append(opt.param_groups[0]["lr"])
        logits = net(x[step])
        loss = F.cross_entropy(logits, y[step])
        opt.zero_grad()
        loss.backward()
        if noise is not None:
            for k, p in net.named_parameters():
                if k.startswith("conv") and k.endswith("bias"):
                    p.grad += 2e-7 * torch.randn(p.shape, generator=noise, dtype=p.dtype)
        if step == 0:
            got["step1/logits"] = logits.detach().clone()
            got.update({"step1/grad/" + k: p.grad.clone() for k, p in net.named_parameters()})
        opt.step()
        sched.step()
        losses.append(loss.detach())
        if step == 0:
            got.update({"step1/state/" + k: v.clone() for k, v in net.state_dict().items()})
    got.update({"final/state/" + k: v.clone() for k, v in net.state_dict().items()})
    got["loss"] = torch.stack(losses)
    got["lr"] = torch.tensor(rates, dtype=losses[0].dtype)
    net.eval()
    with torch.no_grad():
        got["final/eval_logits"] = net(x[0])
    return got


def main():
    torch.manual_seed(
        12
    )  # a trajectory that float32-sized noise does not throw off (some seeds hit a ReLU or pooling tie)
    net = M5(**PAR)  # torch's default initialisation, except conv biases moved away from 0 (see notes)
    for k, p in net.named_parameters():
        if k.startswith("conv") and k.endswith("bias"):
            p.data += 0.05 * torch.sign(p.data)
    rng = np.random.default_rng(212)
    y = torch.from_numpy(rng.integers(0, 20, (STEPS, 8)))
    x = rng_tensor(rng, STEPS, 8, 20, 201) + 0.5 * torch.sin(
        torch.arange(201) * (0.02 * (y[..., None, None] + 1))
    )
    start = {k: v.clone() for k, v in net.state_dict().items()}
    r64 = run(copy.deepcopy(net).double(), x.double(), y)
    perturbed = [
        run(copy.deepcopy(net).double(), x.double(), y, torch.Generator().manual_seed(s)) for s in range(6)
    ]
    r32 = run(net, x, y)
    fx = Fixture(
        "m5_train",
        "small M5, train mode without dropout, 5 steps (one stored batch of 8 per step)",
        "m5_train.py",
        {
            **PAR,
            "optimizer": "Adam",
            **ADAM,
            "betas": [0.9, 0.999],
            "eps": 1e-8,
            "scheduler": "StepLR(step_size=2, gamma=0.1), stepped after every optimiser step",
            "loss": "cross entropy, mean over the batch",
            "bn_momentum": 0.1,
            "bn_eps": 1e-5,
            "steps": STEPS,
        },
        [
            "weight_decay is Adam's L2 form: grad += wd * param before the moments (not AdamW).",
            (
                "BatchNorm: normalise with the biased batch variance, but running_var is updated with the"
                " UNBIASED one (n/(n-1), n = B*T): new = 0.9*old + 0.1*batch."
            ),
            (
                "conv biases feed a BatchNorm, so their true gradient is 0 and float32's is rounding noise"
                " (1e-8..2e-7, see step1/grad/conv*.bias). Adam then follows the weight-decay term (wd *"
                " bias, about 5e-6 here because the initial biases were moved to |b| >= 0.05); with biases"
                " near 0 the noise alone would move them by +-lr. They do not change the loss, but"
                " bn*.running_mean and eval logits absorb them: hence the looser atol."
            ),
            "final/eval_logits: net.eval() on batch 0 after the last step (uses the running statistics).",
        ],
    )
    for k, v in start.items():
        fx.add("initial/state/" + k, v, "as in m5_small", note="input")
    fx.add("input", x, "step,B,C,T", note="input")
    fx.add("labels", y, "step,B", note="input")
    for k, v in r32.items():
        if k.endswith("num_batches_tracked"):
            fx.add(k, v, "scalar", atol=0.0)
        else:
            fx.add(
                k,
                v,
                {"loss": "step", "lr": "step"}.get(k, "B,C" if "logits" in k else "as in m5_small"),
                ref64=r64[k],
                also=[q[k] for q in perturbed],
            )
    fx.write(outdir())


if __name__ == "__main__":
    main()
