-- A network nested deeper each time.
-- expect: T or E or M
-- limits: time=500ms
local nj = require "nightjar"
local m = nj.nn.ReLU()
while true do
  m = nj.nn.Residual(m)
  m(nj.ones(1))
end
