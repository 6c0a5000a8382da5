-- A gradient with fewer elements than its tensor: an optimizer would read past its end.
-- expect: completes
local nj = require "nightjar"
local x = nj.zeros(1e6):requires_grad_()
pcall(function() x.grad = nj.ones(1) end)
local optimizer = nj.optim.SGD({ x }, { lr = 1, momentum = 0.9 })
pcall(optimizer.step, optimizer)
pcall(nj.optim.clip_grad_norm, { x }, 1e-3)
assert(x:isfinite():all():item() ~= 0 and x:detach()[1e6] == 0)
