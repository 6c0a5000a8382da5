-- A callback releases the tensor that it was given.
-- expect: completes
local nj = require "nightjar"
local f = nj.func {
  forward = function(_, x) x:release() return nj.ones(2) end,
  backward = function(_, upstream) upstream:release() return nj.ones(2) end,
}
local x = nj.ones(2):requires_grad_()
f(x):sum():backward()
assert(x.grad:sum():item() == 2)
