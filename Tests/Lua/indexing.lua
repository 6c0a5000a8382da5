-- Indices of tensors, and arguments by name: as PyTorch's, but from 1 and with ranges that include their last element.
local nj = require "nightjar"

local x = nj.arange(1, 12):reshape(3, 4)
local positions = nj.tensor({ 4, 1 }, { dtype = "int32" })

-- Reading.
assert(x[{ 2, 3 }] == 7)
assert(x[{ { 2, 3 }, 1 }]:allclose(nj.tensor { 5, 9 }))
assert(x[{ {}, { 1, -1, 2 } }]:size(2) == 2)
assert(x[x:gt(10)]:allclose(nj.tensor { 11, 12 }))
assert(x[{ 1, positions }]:allclose(nj.tensor { 4, 1 }))

-- Assigning; a value with a gradient keeps it.
local w = nj.ones(3):requires_grad_()
local y = nj.zeros(3, 4)
y[{ {}, 2 }] = w * 2
y[y:eq(0)] = -1
y:mul_(3)
y:sum():backward()
assert(w.grad:allclose(nj.full({ 3 }, 6)))

-- By name.
assert(x:sum { dim = 2, keepdim = true }:size(1) == 3)
assert(x:norm { p = 1 }:item() == 78)
local ok, message = pcall(function() return x:sum { axis = 1 } end)
assert(not ok and message:find("unknown key 'axis'", 1, true))

-- Two tensors are not compared by ==, which cannot look at their elements.
local same = x
assert(x == same and x ~= nil)
assert(not pcall(function() return x == x:clone() end))
assert(x:eq(x:clone()):all():item())
