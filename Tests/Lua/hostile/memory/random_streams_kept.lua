-- Millions of the smallest host objects, kept in a table.
-- expect: memory limit
-- limits: time=60s
local nj = require "nightjar"
local kept = {}
for i = 1, 1e9 do kept[i] = nj.random(i) end
