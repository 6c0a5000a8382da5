"""Checks every golden fixture without torch, and recomputes several with numpy from the JSON notes alone.

    python3 check.py ../../Fixtures/golden

It shows that tensors, notes and tolerances agree, and is a compact reference implementation. It needs only numpy.
"""

import glob
import json
import os
import struct
import sys

import numpy as np

DIR = sys.argv[1]


def load(name):
    with open(f"{DIR}/{name}.safetensors", "rb") as f:
        head = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
        data = f.read()
    head.pop("__metadata__", None)
    t = {}
    for k, m in head.items():
        assert m["dtype"] in ("F32", "I32"), (name, k, m)
        a, b = m["data_offsets"]
        t[k] = (
            np.frombuffer(data[a:b], "<f4" if m["dtype"] == "F32" else "<i4")
            .reshape(m["shape"])
            .astype(np.float64)
        )
    j = json.load(
        open(f"{DIR}/{name}.json"), parse_constant=lambda c: sys.exit(f"{name}.json: {c} is not JSON")
    )
    assert set(t) == set(j["tensors"]) and all(
        list(t[k].shape) == m["shape"] for k, m in j["tensors"].items()
    ), name
    return t, j


def same(name, j, key, got, want):
    fin = np.isfinite(want)
    assert (np.isfinite(got) == fin).all(), (name, key)
    err = np.abs(np.asarray(got)[fin] - want[fin]).max()
    assert err <= j["tensors"][key]["atol"], (name, key, err, j["tensors"][key]["atol"])
    return err


def conv1d(x, w, b=None, stride=1, pad=0, dil=1):
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad)))
    n = (x.shape[2] - dil * (w.shape[2] - 1) - 1) // stride + 1
    y = sum(
        np.einsum("bcn,oc->bon", x[:, :, k * dil : k * dil + (n - 1) * stride + 1 : stride], w[:, :, k])
        for k in range(w.shape[2])
    )
    return y if b is None else y + b[None, :, None]


def norm(x, s, p, axis=1):
    shape = [1] * x.ndim
    shape[axis] = -1
    r = lambda k: s[p + k].reshape(shape)
    return (x - r("running_mean")) / np.sqrt(r("running_var") + 1e-5) * r("weight") + r("bias")


def mel_spectrum(w, rate, n_fft, hop, n_mels, f_min, f_max):
    x = np.pad(w, ((0, 0), (n_fft // 2, n_fft // 2)), mode="reflect")
    win = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)
    power = np.stack(
        [np.abs(np.fft.rfft(x[:, i : i + n_fft] * win)) ** 2 for i in range(0, x.shape[1] - n_fft + 1, hop)],
        2,
    )
    hz = 700 * (
        10 ** (np.linspace(*(2595 * np.log10(1 + np.array([f_min, f_max]) / 700)), n_mels + 2) / 2595) - 1
    )
    f = np.linspace(0, rate // 2, n_fft // 2 + 1)[:, None]
    fb = np.clip(
        np.minimum((f - hz[:-2]) / (hz[1:-1] - hz[:-2]), (hz[2:] - f) / (hz[2:] - hz[1:-1])), 0, None
    )
    return power, fb, np.einsum("bft,fm->bmt", power, fb)


def mfcc():
    for name, arg in (
        ("mfcc", (48000, 512, 240, 20, 20, 4000)),
        ("mfcc_16k", (16000, 400, 160, 128, 0, 8000)),
    ):
        t, j = load(name)
        power, fb, mel = mel_spectrum(t["waveform"], *arg)
        db = 10 * np.log10(np.maximum(mel, 1e-10))
        shared = np.maximum(db, db.max() - 80)
        db = np.maximum(db, db.max((1, 2), keepdims=True) - 80)
        n, k = np.arange(arg[3]), np.arange(t["dct_matrix"].shape[1])
        dct = (
            np.cos(np.pi / arg[3] * (n[:, None] + 0.5) * k)
            * np.sqrt(2 / arg[3])
            * np.where(k == 0, np.sqrt(0.5), 1)
        )
        got = {
            "power_frames": power[:, :, j["parameters"]["power_frame_indices"]],
            "mel_filterbank": fb,
            "mel": mel,
            "mel_db": db,
            "dct_matrix": dct,
            "mfcc": np.einsum("bmt,mk->bkt", db, dct),
            "mfcc_shared_cutoff": np.einsum("bmt,mk->bkt", shared, dct),
        }
        for k2, v in got.items():
            same(name, j, k2, v, t[k2])


def s2s():
    t, j = load("s2s")
    x = np.log(mel_spectrum(load("mfcc")[0]["waveform"], 48000, 512, 240, 20, 20, 4000)[2] + 1e-6)
    same("s2s", j, "log_mel", x, t["log_mel"])
    for x in (x, t["log_mel"]):
        level, out = np.round(x[..., 0]), []
        for i in range(x.shape[2]):
            d = x[..., i] - level
            out.append((d > 1) * 1.0 - (d < -1))
            level = level + out[-1]
        e = np.stack(out, 2)
        same("s2s", j, "events_all_steps", e, t["events_all_steps"])
        same("s2s", j, "spikes", e[:, :, 1:].transpose(0, 2, 1), t["spikes"])


def m5(x, s):
    got = {}
    for i in (1, 2, 3, 4):
        x = got[f"conv{i}"] = conv1d(x, s[f"conv{i}.weight"], s[f"conv{i}.bias"], stride=2 if i == 1 else 1)
        x = got[f"bn{i}"] = norm(x, s, f"bn{i}.")
        x = got[f"act{i}"] = np.maximum(x, 0)
        n = x.shape[2] // 2
        x = got[f"pool{i}"] = x[:, :, : 2 * n].reshape(*x.shape[:2], n, 2).max(3)
    got["features"] = x.mean(2)
    got["logits"] = got["features"] @ s["output.weight"].T + s["output.bias"]
    return got


def m5_forward():
    t, j = load("m5_small")
    for k, v in m5(t["input"], {k[6:]: v for k, v in t.items() if k.startswith("state/")}).items():
        same("m5_small", j, "act/" + k, v, t["act/" + k])
    t, j = load("m5_full")

    def recipe(shape, salt, scale, offset, **_):
        h = (np.arange(np.prod(shape), dtype=np.uint64) + np.uint64(salt * 0x9E3779B9 % 2**32)).astype(
            np.uint32
        )
        h ^= h >> np.uint32(16)
        h *= np.uint32(0x85EBCA6B)
        h ^= h >> np.uint32(13)
        h *= np.uint32(0xC2B2AE35)
        h ^= h >> np.uint32(16)
        return (
            (offset + scale * (2 * (h >> np.uint32(8)) / 2**24 - 1))
            .astype(np.float32)
            .astype(np.float64)
            .reshape(shape)
        )

    s = {}
    for row in j["parameters"]["state"]:
        s[row["name"]] = recipe(**{k: v for k, v in row.items() if k != "name"})
        assert abs(s[row["name"]].sum() - row["sum"]) < 1e-6
    got = m5(recipe(**j["parameters"]["input"]), s)
    assert (s["conv1.weight"].flatten()[:16] == t["recipe_check"]).all()
    for k in ("features", "logits"):
        same("m5_full", j, k, got[k], t[k])
    assert got["logits"].argmax(1).tolist() == j["argmax"]


def tcn():
    t, j = load("tcn_forward")
    s = {k[6:]: v for k, v in t.items() if k.startswith("state/")}
    x = t["input"]
    for b in range(3):
        p, d, n = f"embedder.0.{b}.", 2**b, x.shape[2]
        h = np.maximum(
            norm(conv1d(x, s[p + "temp_layer1.0.weight"], pad=4 * d, dil=d), s, p + "temp_layer1.1.")[
                :, :, :n
            ],
            0,
        )
        h = norm(conv1d(h, s[p + "temp_layer2.0.weight"], pad=4 * d, dil=d), s, p + "temp_layer2.1.")[
            :, :, :n
        ]
        x = np.maximum(
            h + (norm(conv1d(x, s[p + "downsample.0.weight"]), s, p + "downsample.1.") if b == 0 else x), 0
        )
        same("tcn_forward", j, f"act/block{b}", x, t[f"act/block{b}"])
    same("tcn_forward", j, "act/logits", x[:, :, -1] @ s["fc.weight"].T + s["fc.bias"], t["act/logits"])


def radlif():
    t, j = load("radlif")
    par = j["parameters"]
    for mode in ("train", "eval"):
        x = t["input"]
        for i in range(2):
            s = {k[12:]: v for k, v in t.items() if k.startswith(f"state/snn.{i}.")}
            W = x @ s["W.weight"].T
            if mode == "train":
                s["norm.running_mean"], s["norm.running_var"] = W.mean((0, 1)), W.var((0, 1))
            W = norm(W, s, "norm.", axis=2)
            al, be, a, b = (
                np.clip(s[k], *np.float32(par[k + "_clamp"])) for k in ("alpha", "beta", "a", "b")
            )
            V = s["V.weight"] * (1 - np.eye(16))
            u, w, z, trace, out = t[f"layer{i}/u0"], t[f"layer{i}/w0"], t[f"layer{i}/s0"], [], []
            for step in range(par["timesteps"]):
                w = be * w + a * u + b * z
                u = al * (u - z) + (1 - al) * (W[:, step] + z @ V.T - w)
                z = (u - 1 > 0) * 1.0
                trace.append(u - 1)
                out.append(z)
            x = np.stack(out, 1)
            same(
                "radlif",
                j,
                f"{mode}/layer{i}/u_minus_threshold",
                np.stack(trace, 1),
                t[f"{mode}/layer{i}/u_minus_threshold"],
            )
            same("radlif", j, f"{mode}/layer{i}/spikes", x, t[f"{mode}/layer{i}/spikes"])
        same("radlif", j, f"{mode}/output", (x @ t["state/snn.2.W.weight"].T).sum(1), t[f"{mode}/output"])


def prototypes():
    t, j = load("prototypes")
    W, b, seen, shots = (
        t["initial_weight"].copy(),
        t["initial_bias"].copy(),
        list(j["parameters"]["base"]),
        j["parameters"]["shots"],
    )
    groups = [(c, t["base_embeddings"][c]) for c in seen]
    for s, classes in enumerate([[]] + j["parameters"]["sessions"]):
        if s:
            groups = [(c, t[f"session{s}/support"][i :: len(classes)]) for i, c in enumerate(classes)]
            seen += classes
        for c, rows in groups:
            m = rows.sum(0) / shots
            W[c], b[c] = 2 * m, -m @ m
        logits = t["queries"] @ W.T + b
        masked = np.where(np.isin(np.arange(len(b)), seen), logits, -np.inf)
        for k, v in (
            ("weight", W),
            ("bias", b),
            ("logits", logits),
            ("masked_logits", masked),
            ("prediction", masked.argmax(1)),
        ):
            same("prototypes", j, f"session{s}/{k}", v, t[f"session{s}/{k}"])


def optim():
    t, j = load("optim")
    for case, par in j["parameters"]["cases"].items():
        b1, b2 = par.get("betas", [0.9, 0.999])
        for n in "Wb":
            p, buf, v, vmax = t[n + "0"], None, 0.0, 0.0
            got = []
            for step, g in enumerate(t[f"{case}/{n}.grad"], start=1):
                lr = par["lr"] * (0.5 ** ((step - 1) // 3) if case == "adam_steplr" else 1)
                wd = par.get("weight_decay", 0)
                if par["optimizer"] == "AdamW":
                    p = p * (1 - lr * wd)
                else:
                    g = g + wd * p
                if par["optimizer"] == "SGD":
                    mom = par.get("momentum", 0)
                    buf = g if buf is None else mom * buf + (1 - par.get("dampening", 0)) * g
                    p = p - lr * (g + mom * buf if par.get("nesterov") else (buf if mom else g))
                else:
                    buf = b1 * (0 if buf is None else buf) + (1 - b1) * g
                    v = b2 * v + (1 - b2) * g * g
                    vmax = np.maximum(vmax, v) if par.get("amsgrad") else v
                    p = p - lr * buf / (1 - b1**step) / (
                        np.sqrt(vmax / (1 - b2**step)) + par.get("eps", 1e-8)
                    )
                got.append(p)
            same("optim", j, f"{case}/{n}", np.stack(got), t[f"{case}/{n}"])


names = sorted(os.path.basename(p)[:-12] for p in glob.glob(f"{DIR}/*.safetensors"))
print(f"{len(names)} fixtures, {sum(len(load(n)[0]) for n in names)} tensors: files and JSON agree")
for f in (mfcc, s2s, m5_forward, tcn, radlif, prototypes, optim):
    f()
    print("recomputed", f.__name__)
