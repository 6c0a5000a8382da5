-- Small operations, 16 elements: what a call costs. One reading is of the four together.
local nj = require "nightjar"
local case = require "case"

local a = nj.randn { 16 }
local b = nj.randn { 16 }

case.run({ a = a, b = b }, function()
  local sum = a + b
  local tanh = a:tanh()
  return (sum + tanh):sum() + a[3]
end, 20000)
