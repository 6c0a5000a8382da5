-- Native memory runs out, is caught, and runs out again in a __close.
-- expect: memory limit
-- limits: time=10s
local nj = require "nightjar"
local _ <close> = setmetatable({}, { __close = function() while true do pcall(nj.zeros, 1e9 | 0) end end })
nj.zeros(1e9 | 0)
