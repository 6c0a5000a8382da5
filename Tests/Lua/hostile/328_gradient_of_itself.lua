-- A tensor that is its own gradient, a megabyte each, for ever: memory stays flat.
-- expect: T
-- limits: time=500ms
local nj = require "nightjar"
while true do
  local x = nj.zeros(2 ^ 18):requires_grad_()
  pcall(function() x.grad = x end)
  pcall(function() x.grad = x * 1 end)
end
