-- The gradients of forty thousand leaves: to find one must not take longer the more there are.
-- expect: completes
-- limits: time=10s
local nj = require "nightjar"
local leaves = {}
for i = 1, 40000 do leaves[i] = nj.ones(1):requires_grad_() end
local gradients = nj.grad(nj.cat(leaves):sum(), leaves)
assert(gradients[1]:item() == 1 and gradients[40000]:item() == 1)
