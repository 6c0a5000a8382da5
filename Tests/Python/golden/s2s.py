"""Speech2Spikes (log-mel + delta modulation) with NeuroBench's MSWC configuration."""

import torch
from common import Fixture, outdir
from neurobench.processors.preprocessors import S2SPreProcessor
from neurobench.processors.preprocessors.speech2spikes import tensor_to_events
from waveforms import both


def run(waveforms, dtype):
    torch.set_default_dtype(dtype)
    pre = S2SPreProcessor(None, transpose=True)
    pre.configure(threshold=1.0, sample_rate=48000, hop_length=240)
    x = waveforms.to(dtype).unsqueeze(-1)
    labels = torch.zeros(len(waveforms))
    spikes, _ = pre((x, labels))
    one, _ = pre((x[:1], labels[:1]))  # batch of one
    mel = pre.transform(x.transpose(1, 2))
    logmel = torch.log(mel + pre.log_offset)
    events = tensor_to_events(logmel, threshold=pre.threshold)
    torch.set_default_dtype(torch.float32)
    return (
        {"log_mel": logmel.squeeze(1), "events_all_steps": events.squeeze(1), "spikes": spikes},
        one.shape,
        pre,
    )


def margin(logmel, events, thr=1.0):
    """Smallest distance of |signal - level| from the threshold over all steps."""
    level = torch.round(logmel[..., 0])
    worst = float("inf")
    for t in range(logmel.shape[-1]):
        worst = min(worst, ((logmel[..., t] - level).abs() - thr).abs().min().item())
        level = level + thr * events[..., t]
    return worst


def main():
    waveforms = both(48000)
    r32, one, pre = run(waveforms, torch.float32)
    r64, _, _ = run(waveforms, torch.float64)
    assert torch.equal(r32["spikes"].double(), r64["spikes"].double())
    tight = margin(r64["log_mel"], r64["events_all_steps"])
    err = (r32["log_mel"].double() - r64["log_mel"]).abs().max().item()
    fx = Fixture(
        "s2s",
        "NeuroBench S2SPreProcessor as mswc_fscil.py configures it, the two 48 kHz waveforms of mfcc",
        "s2s.py",
        {
            "input": "tensor `waveform` of mfcc.safetensors, (2,48000)",
            **pre.spec_kwargs,
            "mel_scale": "htk",
            "power": 2.0,
            "log": "natural",
            "log_offset": pre.log_offset,
            "threshold": 1.0,
            "window": "periodic Hann 512",
            "center": True,
            "pad_mode": "reflect",
        },
        [
            (
                "x = ln(mel + 1e-6); level = round_half_even(x[0]); for t: e = (x[t]-level > 1) - (x[t]-level"
                " < -1) (strict comparisons), level += e * threshold. At most one event per step, so fast"
                " slopes lag behind."
            ),
            (
                "events are float32 in {-1,0,1} (the docstring says int8). Step 0 can never fire:"
                " |x[0]-round(x[0])| <= 0.5."
            ),
            (
                "output is (B, T, mel) with the first time step removed, because 201 == 48000/240 + 1: spikes"
                " is (2,200,20)."
            ),
            (
                f"a batch of ONE is squeezed to {tuple(one)} and then keeps its first step, because shape[1]"
                " is then the mel axis."
            ),
            (
                "the end-to-end spikes are safe to compare exactly: the comparison closest to its threshold"
                f" misses it by {tight:.2e}, the largest float32 error of log_mel is {err:.2e}; the float64"
                " run gives equal spikes."
            ),
            "delta modulation alone: feed the stored log_mel, expect events_all_steps exactly.",
        ],
    )
    fx.add("log_mel", r32["log_mel"], "B,mel,T", ref64=r64["log_mel"])
    fx.add("events_all_steps", r32["events_all_steps"].int(), "B,mel,T", atol=0.0)
    fx.add("spikes", r32["spikes"].int(), "B,T,mel", atol=0.0)
    fx.write(outdir())


if __name__ == "__main__":
    main()
