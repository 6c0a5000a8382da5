-- An endless loop of host callbacks within host callbacks, all errors caught.
-- expect: time limit
-- limits: time=200ms
local nj = require "nightjar"
local function loop() while true do end end
while true do
  pcall(nj.no_grad, function() pcall(nj.no_grad, loop) nj.no_grad(loop) end)
end
