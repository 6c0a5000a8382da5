-- Audio work that takes hours; the clock is looked at within it, by each of its threads.
-- expect: T
local nj = require "nightjar"
nj.audio.delta(nj.zeros(2, 4e6 | 0, 1), { win_length = 65535 })
