-- Integers that do not fit into an int32.
-- expect: completes
local nj = require "nightjar"
local function int32(...) return nj.tensor({ ... }, { dtype = "int32" }) end
local low, high = int32(-2147483648), int32(2147483647)
assert(not pcall(int32, 2 ^ 31) and not pcall(int32, 0.5) and not pcall(int32, 0 / 0)
  and not pcall(int32, 1e300))
assert(not pcall(function() return high + 1 end) and not pcall(function() return -low end))
assert(not pcall(function() return low - 1 end) and not pcall(function() return high * high end))
assert(not pcall(function() return nj.tensor { 1e300 }:to "int32" end)
  and not pcall(nj.randint, 0, 2 ^ 31, 3))
assert(not pcall(function() return nj.cat { high, high }:sum() end) and nj.tensor { 1e300 }[1] == 1 / 0)
