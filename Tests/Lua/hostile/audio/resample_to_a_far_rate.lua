-- Sounds resampled to ten thousand times their rate.
-- expect: memory limit or error
local nj = require "nightjar"
return nj.audio.resample(nj.rand(1e5), 1, 10000)
