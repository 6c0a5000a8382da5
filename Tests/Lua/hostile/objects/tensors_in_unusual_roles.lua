-- Tensors as keys, errors, environments, iterators, metatables and closing values.
-- expect: completes
local nj = require "nightjar"
local x = nj.ones(3)
local t = { [x] = 1 }
assert(t[x] == 1 and x == x and x ~= 1 and not pcall(function() return x == x:clone() end))
assert(not pcall(function() for _ in x do end end) and not pcall(x) and not pcall(setmetatable, {}, x))
assert(not pcall(function() return x .. "" end) and not pcall(function() return x < 1 end)
  and not pcall(load, x))
assert(not pcall(function() return x & 1 end) and not pcall(coroutine.wrap, x)
  and not pcall(string.rep, x, 2))
do local _ <close> = x end
assert(t[x] == 1 and not pcall(function() return #x end))
