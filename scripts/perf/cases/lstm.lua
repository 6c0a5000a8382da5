-- An LSTM layer 20 → 128 over 200 steps, batch 64, forward and backward.
local nj = require "nightjar"
local case = require "case"

local layer = nj.nn.LSTM(20, 128)
local x = nj.randn { 64, 200, 20 }
local given = layer:state()
given.x = x

case.run(given, function()
  layer:zero_grad()
  local loss = layer(x):square():mean()
  loss:backward()
  return layer.weight_hh_l0.grad
end)
