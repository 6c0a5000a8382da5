"""MFCC with NeuroBench's MSWC settings (48 kHz) and with a very different 16 kHz parameter set."""

import torch
from common import Fixture, outdir
from neurobench.processors.preprocessors import MFCCPreProcessor
from waveforms import both

SETS = {
    "mfcc": dict(
        sample_rate=48000,
        n_mfcc=20,
        melkwargs=dict(n_fft=512, n_mels=20, hop_length=240, mel_scale="htk", f_min=20, f_max=4000),
    ),
    "mfcc_16k": dict(sample_rate=16000, n_mfcc=40, melkwargs=dict(n_fft=400, hop_length=160, n_mels=128)),
}


def run(par, waveforms, dtype):
    """NeuroBench's own preprocessor plus the intermediate tensors of the same torchaudio modules."""
    torch.set_default_dtype(dtype)  # float64: window, filterbank and DCT matrix are then float64 too
    pre = MFCCPreProcessor(**par)
    torch.set_default_dtype(torch.float32)
    m = pre.mfcc
    batch = waveforms.to(dtype).unsqueeze(-1)  # (B, timesteps, 1), as the MSWC dataset yields it
    mfcc, _ = pre((batch, torch.zeros(len(batch))))
    frames = FRAMES[par["sample_rate"]]
    x = batch.permute(0, 2, 1)
    power = m.MelSpectrogram.spectrogram(x)
    mel = m.MelSpectrogram(x)
    flat = m(waveforms.to(dtype))  # no channel axis: ONE dB cut-off for the whole batch
    return {
        "window": m.MelSpectrogram.spectrogram.window,
        "mel_filterbank": m.MelSpectrogram.mel_scale.fb,
        "dct_matrix": m.dct_mat,
        "power_frames": power.squeeze(1)[:, :, frames],
        "mel": mel.squeeze(1),
        "mel_db": m.amplitude_to_DB(mel).squeeze(1),
        "mfcc": mfcc.squeeze(1),
        "mfcc_shared_cutoff": flat,
    }


FRAMES = {48000: [0, 1, 40, 77, 123, 164, 165, 200], 16000: [0, 1, 20, 40, 61, 82, 83, 100]}
LAYOUT = dict(
    window="n",
    mel_filterbank="freq,mel",
    dct_matrix="mel,mfcc",
    power_frames="B,freq,frame",
    mel="B,mel,T",
    mel_db="B,mel,T",
    mfcc="B,mfcc,T",
    mfcc_shared_cutoff="B,mfcc,T",
)

out = outdir()
for name, par in SETS.items():
    waveforms = both(par["sample_rate"])
    r32, r64 = run(par, waveforms, torch.float32), run(par, waveforms, torch.float64)
    db = r32["mel_db"]
    silence = MFCCPreProcessor(**par)((torch.zeros(1, par["sample_rate"], 1), torch.zeros(1)))[0][0]
    fx = Fixture(
        name,
        "torchaudio MFCC (through NeuroBench's MFCCPreProcessor) of two 1 s waveforms: "
        "[0] chirp + noise, [1] synthetic word, silent (exact zeros) from 0.82 s",
        "mfcc.py",
        {
            **par,
            "dct_type": 2,
            "norm": "ortho",
            "log_mels": False,
            "power": 2.0,
            "center": True,
            "pad_mode": "reflect",
            "window": "periodic Hann, length n_fft",
            "win_length": par["melkwargs"]["n_fft"],
            "amin": 1e-10,
            "top_db": 80.0,
            "power_frame_indices": FRAMES[par["sample_rate"]],
        },
        [
            (
                "waveform -> reflect-pad n_fft/2 -> Hann STFT -> |.|^2 -> mel (power @ filterbank) -> "
                "10 log10(max(x, 1e-10)) -> clamp at (max - 80 dB) -> @ dct_matrix."
            ),
            (
                "NeuroBench feeds (B,1,T), so the mel tensor is 4-D and the 80 dB cut-off is taken PER"
                " SAMPLE. A (B,T) input gives a 3-D tensor and one cut-off for the whole batch:"
                " mfcc_shared_cutoff shows that."
            ),
            (
                "largest |mfcc - mfcc_shared_cutoff| here:"
                f" {(r32['mfcc'] - r32['mfcc_shared_cutoff']).abs().max():.4f}"
            ),
            (
                "elements of mel_db sitting on the cut-off, per waveform: "
                f"{[(d <= d.max() - 80).sum().item() for d in db]} of {db[0].numel()}"
            ),
            (
                f"an all-zero clip is not an error: it gives mfcc[0] = {silence[0, 0, 0]:.4f} in every frame,"
                f" the rest ~0 (largest {silence[0, 1:].abs().max():.1e}); all mel_db are then -100, nothing"
                " is clamped."
            ),
            (
                "mel filters that are all zero (torchaudio warns, keeps them):"
                f" {(r32['mel_filterbank'].max(0).values == 0).sum().item()} of"
                f" {r32['mel_filterbank'].shape[1]}"
            ),
            (
                "melscale_fbanks starts its frequency grid at 0 and ends at sample_rate//2; no area norm"
                " (norm=None)."
            ),
            (
                "the float64 run also builds window, filterbank and DCT in float64, so atol covers an "
                "implementation that computes these tables in double precision."
            ),
        ],
    )
    fx.add("waveform", waveforms, "B,T", note="input")
    fx.add_pairs(r32, r64, LAYOUT)
    fx.write(out)
