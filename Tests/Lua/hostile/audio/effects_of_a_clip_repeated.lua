-- Effects with one number for a hundred million clips, which are one that expand repeats.
-- expect: memory limit
-- message: allocating [134217728, 1024]
local nj = require "nightjar"
local clips = nj.zeros(1, 1):expand(2 ^ 27, 2 ^ 10)
assert(not pcall(nj.audio.speed, clips, 1.1))
assert(not pcall(nj.audio.add_noise, clips, clips, 3))
assert(not pcall(nj.audio.reverberate, clips, 16000, 0.3, 3))
nj.audio.shift(clips, 5)
