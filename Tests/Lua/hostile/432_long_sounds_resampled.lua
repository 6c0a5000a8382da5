-- Ten minutes of sound at odd rates: no work that grows with the square of its length.
-- expect: fine or T
local nj = require "nightjar"
assert(nj.audio.resample(nj.zeros(10000000), 295, 173):numel() == 5864407)
