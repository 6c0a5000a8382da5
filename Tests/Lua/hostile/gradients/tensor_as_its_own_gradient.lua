-- An endless loop of tensors of a megabyte that are their own gradients: memory use stays constant.
-- expect: time limit
-- limits: time=500ms
local nj = require "nightjar"
while true do
  local x = nj.zeros(2 ^ 18):requires_grad_()
  pcall(function() x.grad = x end)
  pcall(function() x.grad = x * 1 end)
end
