"""Prototype (nearest class mean) readout as the MSWC few-shot script builds it, and masked predictions."""

import numpy as np
import torch
import torch.nn.functional as F
from common import Fixture, outdir, rng_tensor

WAYS, SHOTS, DIM, TOTAL, QUERIES, STEPS = 10, 5, 64, 24, 40, 6
# class ids 0..9 were learnt in the base phase; two sessions add five classes each; 20..23 stay unseen
SESSIONS = [[13, 10, 17, 11, 19], [12, 18, 14, 16, 15]]


def predict(logits, seen):
    """Subtract a mask of 0 (seen) / inf (unseen), softmax, argmax."""
    mask = torch.full((TOTAL,), float("inf"), dtype=logits.dtype)
    mask[seen] = 0
    masked = logits - mask
    return masked, F.softmax(masked, dim=-1).argmax(-1)


def run(d, dtype):
    d = {k: v.to(dtype) if v.is_floating_point() else v for k, v in d.items()}
    W, b, got = d["initial_weight"].clone(), d["initial_bias"].clone(), {}
    for c in range(WAYS):  # base classes, one class per batch of samples
        m = d["base_embeddings"][c].sum(0) / SHOTS
        W[c], b[c] = 2 * m, -torch.matmul(m, m)
    got["session0/weight"], got["session0/bias"] = W.clone(), b.clone()
    seen = list(range(WAYS))
    for s in range(len(SESSIONS) + 1):
        if s:
            feats, classes = d[f"session{s}/support"], SESSIONS[s - 1]
            for i, c in enumerate(classes):
                rows = [shot * len(classes) + i for shot in range(SHOTS)]
                m = feats[rows].sum(0) / SHOTS
                W[c], b[c] = 2 * m, -torch.matmul(m, m)
            seen += classes
            got[f"session{s}/weight"], got[f"session{s}/bias"] = W.clone(), b.clone()
        logits = F.linear(d["queries"], W, b)
        got[f"session{s}/logits"] = logits
        got[f"session{s}/masked_logits"], got[f"session{s}/prediction"] = predict(logits, seen)
    # spiking form: features (B,T,H); prototypes from time sums, bias / T, readout summed over time
    sp = d["spiking/support"]
    Ws, bs = [], []
    for i in range(WAYS):
        m = sp[[shot * WAYS + i for shot in range(SHOTS)]].sum((0, 1)) / SHOTS
        Ws.append(2 * m)
        bs.append(-torch.matmul(m, m) / sp.shape[1])
    got["spiking/weight"], got["spiking/bias"] = torch.stack(Ws), torch.stack(bs)
    got["spiking/logits"] = F.linear(d["spiking/queries"], got["spiking/weight"], got["spiking/bias"]).sum(1)
    return got


def main():
    rng = np.random.default_rng(401)
    centre = rng_tensor(rng, TOTAL, DIM)
    sample = lambda c: (centre[c] + rng_tensor(rng, DIM, scale=0.8)).clamp(min=0)  # ReLU-like embeddings
    d = {
        "base_embeddings": torch.stack([torch.stack([sample(c) for _ in range(SHOTS)]) for c in range(WAYS)])
    }
    for s, classes in enumerate(SESSIONS, start=1):  # shot-major: all classes of shot 0, then of shot 1, ...
        d[f"session{s}/support"] = torch.stack([sample(c) for _ in range(SHOTS) for c in classes])
    y = torch.arange(QUERIES) % 20
    d["queries"] = torch.stack([sample(int(c)) for c in y])
    d["query_labels"] = y
    d["initial_weight"] = rng_tensor(rng, TOTAL, DIM, scale=0.3)
    d["initial_bias"] = rng_tensor(rng, TOTAL)
    d["spiking/support"] = torch.from_numpy((rng.random((WAYS * SHOTS, STEPS, 16)) < 0.3).astype(np.float32))
    d["spiking/queries"] = torch.from_numpy((rng.random((8, STEPS, 16)) < 0.3).astype(np.float32))
    r32, r64 = run(d, torch.float32), run(d, torch.float64)
    fx = Fixture(
        "prototypes",
        "prototype readout: weights, biases, logits and masked predictions over a base phase and two"
        " sessions",
        "prototypes.py",
        {
            "classes": TOTAL,
            "base": list(range(WAYS)),
            "sessions": SESSIONS,
            "shots": SHOTS,
            "dim": DIM,
            "spiking_steps": STEPS,
        },
        [
            (
                "m = sum(embeddings of the class) / K;  weight[c] = 2 m;  bias[c] = -m.m;  logit = weight.x +"
                " bias = |x|^2 - |x - m|^2, so argmax is the nearest mean."
            ),
            "support rows are shot-major: row = shot * n_way + position of the class in the session's list.",
            (
                "rows of classes not seen yet keep the pre-trained readout weight and the fresh Linear's"
                " random bias (initial_weight, initial_bias); only the mask hides them."
            ),
            (
                "mask: logits - inf for unseen classes (= -inf), then softmax, then argmax. masked_logits"
                " holds -inf."
            ),
            "base prototypes in the reference average the 500 training samples of each class; here 5.",
            (
                "spiking form: sums run over samples AND time, divided by K only; bias is -m.m/T; the readout"
                " sums over T steps, so the bias is counted T times and the logit is again 2 m.(sum_t s) -"
                " m.m."
            ),
        ],
    )
    for k, v in d.items():
        fx.add(
            k,
            v,
            {
                "base_embeddings": "class,shot,D",
                "spiking/support": "shot*way,T,H",
                "spiking/queries": "B,T,H",
            }.get(
                k,
                (
                    "B"
                    if k == "query_labels"
                    else ("class" if k == "initial_bias" else ("class,D" if "weight" in k else "row,D"))
                ),
            ),
            note="input",
        )
    for k, v in r32.items():
        if k.endswith("prediction"):
            assert torch.equal(v, r64[k])
            top = r64[k.replace("prediction", "masked_logits")].topk(2, -1).values
            fx.add(
                k,
                v,
                "B",
                atol=0.0,
                note=(
                    f"smallest gap between best and second logit: {(top[:, 0] - top[:, 1]).min():.2e}; "
                    "accuracy on seen classes"
                    f" {(v == y)[torch.isin(y, torch.tensor(list(range(10)) + sum(SESSIONS[: int(k[7])], [])))].double().mean():.3f}"
                ),
            )
        else:
            fx.add(
                k,
                v,
                "class" if k.endswith("bias") else ("class,D" if k.endswith("weight") else "B,class"),
                ref64=r64[k],
            )
    fx.write(outdir())


if __name__ == "__main__":
    main()
