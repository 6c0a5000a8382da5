-- Ten minutes of sound at unusual rates: no work that grows with the square of the length.
-- expect: completes or time limit
local nj = require "nightjar"
assert(nj.audio.resample(nj.zeros(10000000), 295, 173):numel() == 5864407)
