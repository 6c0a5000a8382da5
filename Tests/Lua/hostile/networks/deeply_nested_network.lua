-- A network that is nested one level deeper at each step.
-- expect: time limit or error or memory limit
-- limits: time=500ms
local nj = require "nightjar"
local m = nj.nn.ReLU()
while true do
  m = nj.nn.Residual(m)
  m(nj.ones(1))
end
