"""What the MFCC cases share: torchaudio's MFCC with NeuroBench's settings."""
import torch
import torchaudio

import peer


def mfcc(rate):
    waveforms = peer.given()["waveforms"]
    settings = {"n_fft": 512, "hop_length": rate // 200, "n_mels": 20, "f_min": 20, "f_max": 4000}
    transform = torchaudio.transforms.MFCC(sample_rate=rate, n_mfcc=20, melkwargs=settings)

    @torch.no_grad()
    def call():
        return transform(waveforms).transpose(1, 2)

    peer.run(call)
