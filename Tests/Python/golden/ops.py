"""Forward values and gradients of tensor operations: keys OP/NAME, OP/output, OP/grad_NAME."""

import numpy as np
import torch
import torch.nn.functional as F
from common import Fixture, outdir, rng_tensor

CASES = []


def case(name, fn, note=None, **inputs):
    """inputs: float tensors get gradients; integer tensors are passed as they are."""
    CASES.append((name, fn, inputs, note))


def define():
    rng = np.random.default_rng(601)
    r = lambda *s, **k: rng_tensor(rng, *s, **k)
    pos = lambda *s: rng_tensor(rng, *s).abs() + 0.2
    ints = lambda hi, *s: torch.from_numpy(rng.integers(0, hi, s))

    case("add.broadcast", lambda a, b: a + b, a=r(2, 3, 4), b=r(3, 1))
    case("sub.broadcast", lambda a, b: a - b, a=r(4), b=r(2, 3, 4))
    case("mul.broadcast", lambda a, b: a * b, a=r(2, 1, 4), b=r(3, 1))
    case("div.broadcast", lambda a, b: a / b, a=r(2, 3, 4), b=pos(3, 4))
    case("pow.square", lambda x: x**2, x=r(2, 5))
    case("pow.tensor", lambda x, p: x**p, x=pos(2, 5), p=r(5))
    case("matmul.2d", lambda a, b: a @ b, a=r(3, 5), b=r(5, 4))
    case("matmul.batched", lambda a, b: a @ b, a=r(2, 3, 5), b=r(5, 4), note="b is broadcast over the batch")
    case("matmul.vec", lambda a, b: a @ b, a=r(5), b=r(5))
    case("linear", F.linear, input=r(2, 3, 5), weight=r(4, 5), bias=r(4))
    case("sum.all", lambda x: x.sum(), x=r(2, 3, 4))
    case("sum.axes", lambda x: x.sum((0, 2)), x=r(2, 3, 4))
    case("sum.keepdim", lambda x: x.sum(1, keepdim=True), x=r(2, 3, 4))
    case("mean.axis", lambda x: x.mean(-1), x=r(2, 3, 4))
    case("var.unbiased", lambda x: x.var(1), x=r(3, 6))
    case("var.biased", lambda x: x.var(1, correction=0), x=r(3, 6))
    ties = torch.tensor([[1.0, 3.0, 3.0, 2.0], [5.0, 5.0, 5.0, 0.0]])
    case("max.axis", lambda x: x.max(1).values, x=r(3, 6))
    case(
        "max.axis_ties",
        lambda x: x.max(1).values,
        x=ties,
        note="ties: the gradient goes to the first index only",
    )
    case("amax.ties", lambda x: x.amax(1), x=ties, note="ties: the gradient is shared evenly")
    case("max.all_ties", lambda x: x.max(), x=ties, note="ties: the gradient is shared evenly")
    case(
        "maximum",
        torch.maximum,
        a=torch.tensor([1.0, 2.0, 3.0]),
        b=torch.tensor([2.0, 2.0, 1.0]),
        note="tie: half the gradient each",
    )
    case("argmax.ties", lambda x: x.argmax(1), x=ties, note="first index of the maximum; no gradient")
    case("topk", lambda x: x.topk(3, dim=1).values, x=r(3, 7))
    case("topk.indices", lambda x: x.topk(3, dim=1).indices, x=r(3, 7))
    case("cumsum", lambda x: x.cumsum(1), x=r(2, 5))
    case("softmax", lambda x: F.softmax(x, dim=1), x=r(2, 5, 3, scale=2.0))
    case(
        "softmax.masked",
        lambda x: F.softmax(x + torch.tensor([0.0, 0.0, -np.inf, 0.0, -np.inf], dtype=x.dtype), dim=-1),
        x=r(3, 5),
        note="entries 2 and 4 get -inf: probability and gradient 0",
    )
    case("log_softmax", lambda x: F.log_softmax(x, dim=-1), x=r(4, 6, scale=5.0))
    case("cross_entropy", F.cross_entropy, input=r(4, 6), target=ints(6, 4))
    case(
        "cross_entropy.smooth",
        lambda input, target: F.cross_entropy(input, target, label_smoothing=0.1),
        input=r(4, 6),
        target=ints(6, 4),
    )
    case("nll_loss", lambda x, target: F.nll_loss(x, target), x=r(4, 6), target=ints(6, 4))
    case("mse_loss", lambda a, b: F.mse_loss(a, b), a=r(3, 4), b=r(3, 4))
    for n in ("exp", "tanh", "sigmoid", "relu", "abs", "sin", "cos"):
        case(n, getattr(torch, n), x=torch.cat([r(7, scale=1.5), torch.zeros(1)]), note="last element is 0")
    for n in ("log", "sqrt", "rsqrt", "log10"):
        case(n, getattr(torch, n), x=pos(8))
    case("log1p", torch.log1p, x=pos(8))
    case("logsumexp", lambda x: torch.logsumexp(x, 1), x=r(3, 5, scale=4.0))
    case("gelu.erf", F.gelu, x=r(8, scale=1.5))
    case("gelu.tanh", lambda x: F.gelu(x, approximate="tanh"), x=r(8, scale=1.5))
    case("elu", F.elu, x=r(8, scale=1.5))
    case("leaky_relu", lambda x: F.leaky_relu(x, 0.1), x=r(8, scale=1.5))
    case("silu", F.silu, x=r(8, scale=1.5))
    case("softplus", F.softplus, x=r(8, scale=3.0))
    case(
        "clamp",
        lambda x: x.clamp(-0.5, 0.5),
        x=torch.tensor([-1.0, -0.5, -0.2, 0.0, 0.3, 0.5, 0.9]),
        note="the gradient passes at the limits themselves",
    )
    case("where", lambda c, a, b: torch.where(c != 0, a, b), c=ints(2, 2, 4), a=r(2, 4), b=r(4))

    w = lambda o, i, k: r(o, i, k, scale=0.4)
    case("conv1d.plain", F.conv1d, input=r(2, 3, 9), weight=w(4, 3, 3), bias=r(4))
    case(
        "conv1d.stride",
        lambda input, weight, bias: F.conv1d(input, weight, bias, stride=2),
        input=r(2, 3, 10),
        weight=w(4, 3, 4),
        bias=r(4),
        note="length 10, k 4, stride 2 -> 4",
    )
    case(
        "conv1d.padded",
        lambda input, weight: F.conv1d(input, weight, padding=2),
        input=r(2, 3, 7),
        weight=w(4, 3, 3),
    )
    case(
        "conv1d.dilated",
        lambda input, weight, bias: F.conv1d(input, weight, bias, dilation=3),
        input=r(2, 3, 12),
        weight=w(4, 3, 3),
        bias=r(4),
    )
    case(
        "conv1d.groups",
        lambda input, weight, bias: F.conv1d(input, weight, bias, groups=2),
        input=r(2, 4, 8),
        weight=w(6, 2, 3),
        bias=r(6),
    )
    case(
        "conv1d.depthwise",
        lambda input, weight: F.conv1d(input, weight, padding=1, groups=4),
        input=r(2, 4, 8),
        weight=w(4, 1, 3),
    )
    case(
        "conv1d.all",
        lambda input, weight, bias: F.conv1d(input, weight, bias, stride=2, padding=3, dilation=2, groups=2),
        input=r(2, 4, 11),
        weight=w(4, 2, 3),
        bias=r(4),
    )
    case(
        "conv2d",
        lambda input, weight, bias: F.conv2d(input, weight, bias, stride=(1, 2), padding=1),
        input=r(2, 2, 5, 6),
        weight=r(3, 2, 3, 3, scale=0.4),
        bias=r(3),
    )
    case(
        "max_pool1d",
        lambda x: F.max_pool1d(x, 2),
        x=r(2, 3, 9),
        note="odd length: the last element is dropped",
    )
    case(
        "max_pool1d.stride",
        lambda x: F.max_pool1d(x, 3, stride=2, padding=1),
        x=r(2, 3, 9),
        note="padding is -inf; windows overlap",
    )
    case(
        "max_pool1d.ties",
        lambda x: F.max_pool1d(x, 2),
        x=torch.tensor([[[0.0, 0.0, 1.0, 1.0, -1.0, 2.0]]]),
        note="ties: first index gets the gradient",
    )
    case("avg_pool1d", lambda x: F.avg_pool1d(x, 2), x=r(2, 3, 9))
    case(
        "avg_pool1d.padded",
        lambda x: F.avg_pool1d(x, 3, stride=2, padding=1),
        x=r(2, 3, 9),
        note="padding zeros count in the divisor",
    )
    case(
        "batch_norm.train",
        lambda x, weight, bias: F.batch_norm(x, None, None, weight, bias, training=True),
        x=r(4, 3, 5),
        weight=r(3),
        bias=r(3),
    )
    case(
        "batch_norm.train_2d",
        lambda x, weight, bias: F.batch_norm(x, None, None, weight, bias, training=True),
        x=r(6, 3),
        weight=r(3),
        bias=r(3),
    )
    case(
        "batch_norm.eval",
        lambda x, weight, bias, running_mean, running_var: F.batch_norm(
            x, running_mean.detach(), running_var.detach(), weight, bias
        ),
        x=r(4, 3, 5),
        weight=r(3),
        bias=r(3),
        running_mean=r(3),
        running_var=pos(3),
    )
    case(
        "layer_norm",
        lambda x, weight, bias: F.layer_norm(x, (6,), weight, bias),
        x=r(2, 3, 6),
        weight=r(6),
        bias=r(6),
    )
    case(
        "group_norm",
        lambda x, weight, bias: F.group_norm(x, 2, weight, bias),
        x=r(2, 4, 5),
        weight=r(4),
        bias=r(4),
    )

    case(
        "embedding",
        lambda index, weight: F.embedding(index, weight),
        index=torch.tensor([[0, 3, 3], [5, 1, 3]]),
        weight=r(6, 4),
        note="repeated rows accumulate their gradient",
    )
    case(
        "gather",
        lambda x, index: x.gather(1, index),
        x=r(3, 5),
        index=torch.tensor([[0, 0, 4], [1, 2, 3], [4, 4, 4]]),
    )
    case("index_select", lambda x, index: x.index_select(0, index), x=r(4, 3), index=torch.tensor([2, 0, 2]))
    case(
        "scatter_add",
        lambda x, index: torch.zeros(3, 4, dtype=x.dtype).scatter_add(1, index, x),
        x=r(3, 5),
        index=ints(4, 3, 5),
    )
    case("cat", lambda a, b: torch.cat([a, b], 1), a=r(2, 3), b=r(2, 2))
    case("stack", lambda a, b: torch.stack([a, b], 1), a=r(2, 3), b=r(2, 3))
    case("transpose", lambda x: x.transpose(1, 2), x=r(2, 3, 4))
    case("permute", lambda x: x.permute(2, 0, 1), x=r(2, 3, 4))
    case("reshape", lambda x: x.permute(1, 0).reshape(2, 6), x=r(3, 4))
    case("slice", lambda x: x[:, 1:6:2, -2:], x=r(2, 7, 4))
    case("pad", lambda x: F.pad(x, (2, 1)), x=r(2, 3))
    case("flip", lambda x: x.flip(1), x=r(2, 4))
    case("expand", lambda x: x.expand(3, 2, 4), x=r(2, 1))
    case("split_chunk", lambda x: torch.cat([c * (i + 1) for i, c in enumerate(x.chunk(3, 1))], 0), x=r(2, 6))
    case(
        "einsum.bilinear",
        lambda x, W, y: torch.einsum("bi,kij,bj->bk", x, W, y),
        x=r(3, 4),
        W=r(2, 4, 5),
        y=r(3, 5),
    )
    case(
        "einsum.attention",
        lambda q, k: torch.einsum("bhqd,bhkd->bhqk", q, k),
        q=r(2, 2, 3, 4),
        k=r(2, 2, 5, 4),
    )
    case(
        "attention",
        lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True),
        q=r(2, 2, 4, 3),
        k=r(2, 2, 4, 3),
        v=r(2, 2, 4, 3),
    )
    case(
        "gru_cell",
        lambda x, h, w_ih, w_hh, b_ih, b_hh: torch.gru_cell(x, h, w_ih, w_hh, b_ih, b_hh),
        x=r(2, 3),
        h=r(2, 4),
        w_ih=r(12, 3),
        w_hh=r(12, 4),
        b_ih=r(12),
        b_hh=r(12),
        note="gate order r, z, n",
    )
    case(
        "lstm_cell",
        lambda x, h, c, w_ih, w_hh, b_ih, b_hh: torch.cat(
            torch.lstm_cell(x, (h, c), w_ih, w_hh, b_ih, b_hh), 1
        ),
        x=r(2, 3),
        h=r(2, 4),
        c=r(2, 4),
        w_ih=r(16, 3),
        w_hh=r(16, 4),
        b_ih=r(16),
        b_hh=r(16),
        note="gate order i, f, g, o; output = cat(h, c)",
    )


def evaluate(fn, inputs, dtype, seed_grad):
    args = {
        k: v.detach().clone().to(dtype).requires_grad_() if v.is_floating_point() else v
        for k, v in inputs.items()
    }
    out = fn(*args.values())
    got = {"output": out.detach()}
    if out.is_floating_point() and out.requires_grad:
        out.backward(seed_grad(out.shape).to(dtype))
        got.update(
            {"grad_" + k: v.grad for k, v in args.items() if v.is_floating_point() and v.grad is not None}
        )
    return got


def main():
    define()
    fx = Fixture(
        "ops",
        f"{len(CASES)} operations: inputs, output and the gradient of every float input",
        "ops.py",
        {"ops": [c[0] for c in CASES]},
        [
            "gradients are those of sum(output * OP/grad_output), the stored upstream gradient.",
            (
                "integer inputs (indices, targets, conditions) are int32; an op without grad_output has no"
                " gradient."
            ),
            "layouts follow torch: conv weight out,in/groups,k; linear weight out,in; channels on axis 1.",
            "BatchNorm train normalises with the biased variance; eps 1e-5 in all norms.",
        ],
    )
    rng = np.random.default_rng(602)
    for name, fn, inputs, note in CASES:
        g = {}
        seed = lambda shape: g["g"] if g else g.setdefault("g", rng_tensor(rng, *shape))
        r32 = evaluate(fn, inputs, torch.float32, seed)
        r64 = evaluate(fn, inputs, torch.float64, seed)
        for k, v in inputs.items():
            fx.add(f"{name}/{k}", v, "see op", note="input")
        for k, v in r32.items():
            if v.is_floating_point():
                fx.add(f"{name}/{k}", v, "see op", ref64=r64[k], note=note if k == "output" else None)
            else:
                assert torch.equal(v, r64[k])
                fx.add(f"{name}/{k}", v, "see op", atol=0.0, note=note)
        if g:
            fx.add(f"{name}/grad_output", g["g"], "see op", note="input")
    fx.write(outdir())


if __name__ == "__main__":
    main()
