"""Temporal convolutional network (tcn_lib): eval forward and three SGD steps."""

import copy

import numpy as np
import torch
import torch.nn.functional as F
from common import Fixture, outdir, randomize_, rng_tensor
from tcn_lib import TCN

ARGS = dict(
    input_size=20, output_size=10, channel_sizes=[16] * 3, kernel_size=[5] * 3, batch_norm=True, dropout=0.0
)
SGD = dict(lr=0.05, momentum=0.9)
STEPS = 3
LAY = {3: "out,in,k", 2: "out,in", 1: "C", 0: "scalar"}


def trace(net, x):
    """Output of every block and of every conv/BatchNorm inside, pooled embedding, logits."""
    got, hooks = {}, []

    def keep(name):
        return lambda m, i, o: got.update({name: o.clone()})

    for b, block in enumerate(net.embedder[0]):
        hooks.append(block.register_forward_hook(keep(f"block{b}")))
        for name, m in block.named_modules():
            if isinstance(m, (torch.nn.Conv1d, torch.nn.BatchNorm1d)):
                hooks.append(m.register_forward_hook(keep(f"block{b}.{name}")))
    hooks.append(net.embedder.register_forward_hook(keep("embedding")))
    with torch.no_grad():
        got["logits"] = net(x)
    for h in hooks:
        h.remove()
    return got


def forward_fixture(out):
    rng = np.random.default_rng(301)
    net = randomize_(TCN(**ARGS), rng, gain=1.2).eval()
    x = rng_tensor(rng, 2, 20, 60)
    r32, r64 = trace(net, x), trace(copy.deepcopy(net).double(), x.double())
    fx = Fixture(
        "tcn_forward",
        "tcn_lib TCN, eval mode, every conv/BatchNorm/block output",
        "tcn.py",
        {
            **ARGS,
            "dilations": [1, 2, 4],
            "padding": "(k-1)*dilation on BOTH sides, tail chomped after BatchNorm",
            "receptive_field": 57,
            "bn_eps": 1e-5,
            "embedding": "last time step of the last block",
        },
        [
            (
                "block: temp_layer1 = conv -> bn -> chomp -> relu; temp_layer2 = conv -> bn -> chomp (no"
                " relu); out = relu(temp_layer2 + residual). Residual is the identity, or downsample = 1x1"
                " conv -> bn (no relu) when the channel counts differ (block 0)."
            ),
            "act/block*.temp_layer*.0 and .1 (conv, bn) are the UNCHOMPED lengths T + (k-1)*dilation.",
            "with batch_norm no conv has a bias.",
        ],
    )
    for k, v in net.state_dict().items():
        fx.add("state/" + k, v, LAY[v.dim()], note="input")
    fx.add("input", x, "B,C,T", note="input")
    fx.add_pairs(
        {"act/" + k: v for k, v in r32.items()},
        {"act/" + k: v for k, v in r64.items()},
        lambda k: "B,C" if k in ("act/logits", "act/embedding") else "B,C,T",
    )
    fx.write(out)


def run(net, x, y, noise=None):
    net.train()
    if noise is not None:
        for p in net.parameters():
            p.data *= 1 + 3e-7 * torch.randn(p.shape, generator=noise, dtype=p.dtype)
    opt = torch.optim.SGD(net.parameters(), **SGD)
    got, losses = {}, []
    for step in range(STEPS):
        loss = F.cross_entropy(net(x[step]), y[step])
        opt.zero_grad()
        loss.backward()
        if step == 0:
            got.update({"step1/grad/" + k: p.grad.clone() for k, p in net.named_parameters()})
        opt.step()
        losses.append(loss.detach())
        if step == 0:
            got.update({"step1/state/" + k: v.clone() for k, v in net.state_dict().items() if "running" in k})
    got.update({"final/state/" + k: v.clone() for k, v in net.state_dict().items()})
    got["loss"] = torch.stack(losses)
    net.eval()
    with torch.no_grad():
        got["final/eval_logits"] = net(x[0])
    return got


def train_fixture(out):
    torch.manual_seed(21)
    net = TCN(**ARGS)  # its own initialisation
    rng = np.random.default_rng(302)
    y = torch.from_numpy(rng.integers(0, 10, (STEPS, 8)))
    x = rng_tensor(rng, STEPS, 8, 20, 60)
    start = {k: v.clone() for k, v in net.state_dict().items()}
    r64 = run(copy.deepcopy(net).double(), x.double(), y)
    perturbed = [
        run(copy.deepcopy(net).double(), x.double(), y, torch.Generator().manual_seed(s)) for s in range(6)
    ]
    # the experiment behind the note on BatchNorm and the chomped tail
    first = net.embedder[0][0].temp_layer1
    c = first[0](x[0]).detach()
    r32 = run(net, x, y)
    seen = r32["step1/state/embedder.0.0.temp_layer1.1.running_mean"]
    with_tail, without = 0.1 * c.mean((0, 2)), 0.1 * c[:, :, :60].mean((0, 2))
    assert torch.allclose(seen, with_tail, atol=1e-6)
    fx = Fixture(
        "tcn_train",
        "tcn_lib TCN, train mode, dropout 0, three SGD steps (one stored batch of 8 per step)",
        "tcn.py",
        {
            **ARGS,
            "optimizer": "SGD",
            **SGD,
            "dampening": 0,
            "nesterov": False,
            "weight_decay": 0,
            "steps": STEPS,
            "loss": "cross entropy, mean over the batch",
            "bn_momentum": 0.1,
            "bn_eps": 1e-5,
        },
        [
            (
                "BatchNorm runs BEFORE the chomp, so in train mode its statistics include the (k-1)*dilation"
                " tail positions that are thrown away afterwards. Checked on block 0 layer 1 after step 1:"
                f" running_mean is {(seen - with_tail).abs().max():.1e} from the unchomped mean,"
                f" {(seen - without).abs().max():.1e} from the chomped one."
            ),
            "running_var takes the unbiased variance over B*(T+tail) positions.",
        ],
    )
    for k, v in start.items():
        fx.add("initial/state/" + k, v, LAY[v.dim()], note="input")
    fx.add("input", x, "step,B,C,T", note="input")
    fx.add("labels", y, "step,B", note="input")
    for k, v in r32.items():
        if k.endswith("num_batches_tracked"):
            fx.add(k, v, "scalar", atol=0.0)
        else:
            fx.add(
                k,
                v,
                {"loss": "step", "final/eval_logits": "B,C"}.get(k, LAY[v.dim()]),
                ref64=r64[k],
                also=[q[k] for q in perturbed],
            )
    fx.write(out)


if __name__ == "__main__":
    forward_fixture(outdir())
    train_fixture(outdir())
