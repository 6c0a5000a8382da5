-- A gradient whose elements are not contiguous.
-- expect: completes
local nj = require "nightjar"
local x = nj.zeros(2, 3):requires_grad_()
pcall(function() x.grad = nj.arange(1, 6):reshape(3, 2):transpose(1, 2) end)
local optimizer = nj.optim.SGD({ x }, { lr = 1 })
optimizer:step()
assert(x.grad == nil or nj.json.encode(x:totable()) == "[[-1.0,-3.0,-5.0],[-2.0,-4.0,-6.0]]")
