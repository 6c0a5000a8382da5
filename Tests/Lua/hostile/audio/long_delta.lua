-- Audio work that takes hours; each of its threads checks the clock.
-- expect: time limit
local nj = require "nightjar"
nj.audio.delta(nj.zeros(2, 4e6 | 0, 1), { win_length = 65535 })
