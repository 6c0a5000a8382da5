-- Operations on lists of hundreds of thousands of tensors, in an endless loop with every error caught.
-- expect: time limit
-- limits: time=300ms
local nj = require "nightjar"
local list, one = {}, nj.ones(1):requires_grad_()
one.grad = nj.ones(1)
for i = 1, 300000 do list[i] = one end
while true do
  pcall(nj.stack, list)
  pcall(nj.cat, list)
  pcall(nj.optim.clip_grad_norm, list, 1)
end
