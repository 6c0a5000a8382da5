-- A step of Adam on 10 million parameters.
local nj = require "nightjar"
local case = require "case"

local parameter = nj.randn { 10000000 }
local gradient = nj.randn { 10000000 }
local given = { parameter = parameter:clone(), gradient = gradient }
parameter:requires_grad_(true)
parameter.grad = gradient
local optimizer = nj.optim.Adam({ parameter }, { lr = 0.001 })

case.run(given, function()
  optimizer:step()
  return parameter:detach():narrow(1, 1, 64)
end)
