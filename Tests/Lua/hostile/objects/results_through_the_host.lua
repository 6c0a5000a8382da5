-- Two hundred thousand results, and results of every kind, through a callback of the host.
-- expect: completes
local nj = require "nightjar"
local many = {}
for i = 1, 2e5 do many[i] = i end
assert(select("#", nj.no_grad(function() return table.unpack(many) end)) == 2e5)
local co = coroutine.create(print)
assert(select(2, nj.no_grad(function() return 1, co end)) == co)
assert(select("#", nj.no_grad(function() return nil, nil end)) == 2)
