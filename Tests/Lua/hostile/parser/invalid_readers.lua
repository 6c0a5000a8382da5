-- Readers that return numbers, tables, nothing, raise errors, or yield.
-- expect: completes
assert(not load(function() return {} end) and not load(function() return true end))
assert(not load(function() error("x") end) and not load(function() error({}) end))
assert(load(function() return nil end) and load(function() return "" end))
local co = coroutine.create(function() return load(coroutine.yield) end)
local _, chunk = coroutine.resume(co)
assert(chunk == nil)
assert(not pcall(load) and not pcall(load, 1.5, {}) and not pcall(load, {})
  and not load("x = 1", "c", "b"))
