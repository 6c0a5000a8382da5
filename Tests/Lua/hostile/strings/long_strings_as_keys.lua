-- Long strings as keys: each must be read completely for its hash.
-- expect: time limit
-- limits: time=200ms
local text, found = ("x"):rep(1e6), {}
for i = 1, math.huge do found[text .. i % 10] = i end
