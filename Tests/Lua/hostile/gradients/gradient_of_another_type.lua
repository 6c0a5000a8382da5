-- A gradient with one byte per element where four are read.
-- expect: completes
local nj = require "nightjar"
local x = nj.zeros(1e6):requires_grad_()
assert(not pcall(function() x.grad = nj.ones({ 1e6 }, { dtype = "bool" }) end), "bool")
assert(not pcall(function() x.grad = nj.ones({ 1e6 }, { dtype = "int32" }) end), "int32")
local optimizer = nj.optim.Adam({ x }, { lr = 1 })
optimizer:step()
assert(x:sum():item() == 0)
