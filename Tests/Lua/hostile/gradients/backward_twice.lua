-- backward called twice, called during backward, and called after a value was changed.
-- expect: completes
local nj = require "nightjar"
local x = nj.ones(2):requires_grad_()
local y = (x * x):sum()
y:backward()
assert(not pcall(y.backward, y))
local z, w = nil, nj.ones(2):requires_grad_()
local again = nj.func { forward = function(_, a) return a * 1 end,
  backward = function(_, up) pcall(z.backward, z) return up end }
z = again(w):sum()
pcall(z.backward, z)
local v = nj.ones(2)
local product = (x * v):sum()
v:add_(1)
assert(not pcall(product.backward, product), "backward used a value that had been changed")
