-- Layer normalization of 16,384 × 256, forward and backward.
local nj = require "nightjar"
local case = require "case"

local layer = nj.nn.LayerNorm(256)
local x = nj.randn { 16384, 256 }
local given = layer:state()
given.x = x
given.upstream = nj.randn { 16384, 256 }
x:requires_grad_()

case.run(given, function()
  layer:zero_grad()
  x.grad = nil
  (layer(x) * given.upstream):sum():backward()
  return x.grad
end)
