-- Transforms of a large prime length, which take minutes each, and a million that take a moment each.
-- expect: time limit
local nj = require "nightjar"
local ok, problem = pcall(nj.audio.spectrogram, nj.zeros(1048573), { n_fft = 1048573 })
assert(not ok and problem:find("large prime"), problem)
nj.audio.mel_spectrogram(nj.zeros(2, 4e6 | 0), { n_fft = 16384, n_mels = 1, hop_length = 1 })
