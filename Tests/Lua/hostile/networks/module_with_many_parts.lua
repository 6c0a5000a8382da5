-- A module with ten thousand parts that lists all of them.
-- expect: completes or memory limit or time limit
-- limits: time=5s
local nj = require "nightjar"
local parts = {}
for i = 1, 1e4 do parts[i] = { "part" .. i, nj.nn.ReLU() } end
local ok, m = pcall(nj.nn.Sequential, parts)
assert(ok and #m:children() == 1e4 and #m:parameters() == 0 and m(nj.ones(1))[1] == 1)
