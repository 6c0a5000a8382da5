-- A script overwrites the step count of Adam through the state that it was given.
-- expect: completes
-- limits: time=2s
local nj = require "nightjar"
for _, count in ipairs { 0 / 0, 1 / 0, -1 / 0, -1e30, 1e30, -1, 2 ^ 24, 0.5 } do
  local x = nj.ones(2):requires_grad_()
  local optimizer = nj.optim.Adam({ x }, { lr = 0.1 })
  x.grad = nj.ones(2)
  optimizer:step()
  for _, tensor in pairs(optimizer:state()) do pcall(tensor.fill_, tensor, count) end
  pcall(optimizer.step, optimizer)
end
