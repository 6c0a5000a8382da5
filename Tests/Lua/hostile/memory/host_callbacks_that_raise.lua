-- A callback raises a hundred thousand times and leaks nothing.
-- expect: completes
-- limits: time=10s
local nj = require "nightjar"
for _ = 1, 1000 do pcall(nj.no_grad, error) end
local before = nj.memory().lua
for _ = 1, 1e5 do pcall(nj.no_grad, error) end
collectgarbage()
assert(nj.memory().lua < before + 100000)
