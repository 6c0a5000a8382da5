"""Two deterministic one-second test waveforms (helper of mfcc.py and s2s.py).

The default seeds were picked (out of 1..100) so that no delta-modulation comparison in s2s.py falls
close to its threshold, which makes the spike trains safe to compare exactly."""

import numpy as np
import torch


def chirp_noise(rate, seed=15):
    """Full-second linear chirp 60 Hz -> 5 kHz at 0.4, plus white noise at 0.03."""
    t = np.arange(rate) / rate
    x = 0.4 * np.sin(2 * np.pi * (60.0 * t + 0.5 * (5000.0 - 60.0) * t * t))
    return torch.from_numpy((x + 0.03 * np.random.default_rng(seed).standard_normal(rate)).astype(np.float32))


def synthetic_word(rate, seed=41):
    """A speech-like 'word': pulse train through three moving formants, a hiss, a faint noise floor,
    and exact zeros from 0.82 s on (as NeuroBench zero-pads short MSWC clips)."""
    rng = np.random.default_rng(seed)
    n = int(0.82 * rate)
    t = np.arange(n) / rate
    phase = np.cumsum(130.0 - 35.0 * t / 0.82) / rate
    src = np.diff(np.floor(phase), prepend=0.0)
    loud = np.clip(np.sin(np.pi * np.clip((t - 0.12) / 0.5, 0, 1)), 0, 1) * (
        0.55 + 0.45 * np.cos(2 * np.pi * 4.1 * t)
    )
    y = src * loud
    for f0, f1, width in ((450.0, 750.0, 80.0), (1900.0, 1150.0, 110.0), (2600.0, 2450.0, 160.0)):
        freq = f0 + (f1 - f0) * 0.5 * (1 - np.cos(2 * np.pi * 1.7 * t))
        r = np.exp(-np.pi * width / rate)
        c = 2 * r * np.cos(2 * np.pi * freq / rate)
        out = np.zeros(n)
        a = b = 0.0
        for i in range(n):
            out[i] = y[i] + c[i] * a - r * r * b
            a, b = out[i], a
        y = out
    y = 0.5 * y / np.abs(y).max()
    hiss = np.diff(rng.standard_normal(n + 1)) * 0.04 * ((t > 0.64) & (t < 0.76))
    x = np.zeros(rate)
    x[:n] = y + hiss + 2e-4 * rng.standard_normal(n)
    return torch.from_numpy(x.astype(np.float32))


def both(rate):
    return torch.stack([chirp_noise(rate), synthetic_word(rate)])
