-- A recurrent layer written as a loop over 200 steps, batch 64, width 128: forward and backward.
local nj = require "nightjar"
local case = require "case"

local batch, time, width = 64, 200, 128
local x = nj.randn { batch, time, width }
local weight = (nj.randn { width, width } / width):requires_grad_()
x:requires_grad_()

case.run({ x = x:detach(), weight = weight:detach() }, function()
  x.grad, weight.grad = nil, nil
  local h = nj.zeros { batch, width }
  for step = 1, time do h = (x:select(2, step) + h:matmul(weight)):tanh() end
  h:square():mean():backward()
  return weight.grad
end)
