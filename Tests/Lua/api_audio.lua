-- Features of sounds, and a sound file written and read in the run's own folder.
local nj = require "nightjar"
local rate = 16000
local waveforms = nj.stack { nj.randn(rate) * 0.1, nj.randn(rate) * 0.1 }

local mfcc = { sample_rate = rate, n_mfcc = 20, n_fft = 512, hop_length = 160, n_mels = 40 }
local features = nj.audio.mfcc(waveforms, mfcc)
assert(features.shape[1] == 2 and features.shape[2] == 101 and features.shape[3] == 20)
assert(features[1]:allclose(nj.audio.mfcc(waveforms[1], { n_mfcc = 20, n_fft = 512, hop_length = 160, n_mels = 40 })))
assert(nj.audio.delta(features):size(3) == 20)

local path = nj.fs.join(nj.run.out, "noise.flac")
nj.audio.write(path, waveforms[1], rate)
local back, back_rate = nj.audio.read(path)
assert(back_rate == rate and (back - waveforms[1]):abs():max():item() < 1e-4)
assert(#nj.audio.resample(back, rate, 8000) == rate // 2)

local settings = nj.json.decode(nj.json.encode { rate = rate, languages = { "fa", "eo" } })
assert(settings.rate == rate and settings.languages[2] == "eo")
