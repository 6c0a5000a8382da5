-- An endless loop that computes features of long sounds.
-- expect: time limit
-- limits: time=300ms
local nj = require "nightjar"
local waves = nj.rand(4, 16000)
while true do pcall(nj.audio.mfcc, waves, { n_fft = 1024, hop_length = 160 }) end
