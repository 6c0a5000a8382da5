-- Two hundred thousand results through pcall, coroutines and select.
-- expect: completes
local many = {}
for i = 1, 2e5 do many[i] = i end
assert(select("#", pcall(table.unpack, many)) == 200001)
local co = coroutine.wrap(function(...) return coroutine.yield(...) end)
assert(select("#", co(table.unpack(many))) == 200000)
assert(not pcall(function() return table.unpack(many, 1, 2e6) end))
