-- An endless loop that computes features of long sounds.
-- expect: time limit
-- limits: time=300ms
local nj = require "nightjar"
local waveforms = nj.rand(4, 16000)
while true do pcall(nj.audio.mfcc, waveforms, { n_fft = 1024, hop_length = 160 }) end
