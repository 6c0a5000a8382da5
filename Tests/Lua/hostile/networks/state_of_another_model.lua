-- States with names, shapes and values of another model, or with none.
-- expect: completes
local nj = require "nightjar"
local layer = nj.nn.Linear(2, 2)
local weight, bias = nj.zeros(2, 2), nj.zeros(2)
for _, state in ipairs { {}, { weight = weight }, { weight = weight, bias = bias, more = bias },
  { weight = bias, bias = bias }, { weight = 1, bias = bias },
  { weight = weight, bias = nj.zeros(1):expand(3) }, { weight, bias },
  { weight = nj.ones({ 2, 2 }, { dtype = "bool" }), bias = nj.ones(3) } } do
  assert(not pcall(layer.load_state, layer, state))
end
bias:release()
assert(not pcall(layer.load_state, layer, { weight = weight, bias = bias }))
layer:load_state(layer:state())
assert(layer:state().weight:isfinite():all():item())
