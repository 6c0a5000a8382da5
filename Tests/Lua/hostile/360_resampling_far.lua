-- Sounds stretched ten thousand times.
-- expect: M or E
local nj = require "nightjar"
return nj.audio.resample(nj.rand(1e5), 1, 10000)
