-- Methods of one class called on objects of another.
-- expect: completes
local nj = require "nightjar"
local tensor, others = nj.ones(2), { nj.random(1), nj.nn.ReLU(), nj.scope(), nj.json.null,
  nj.plot.lines { y = { 1, 2 } } }
for _, other in ipairs(others) do
  assert(not pcall(tensor.sum, other) and not pcall(tensor.release, other))
  assert(not pcall(function() return tensor + other end))
  assert(not pcall(nj.stack, { other }))
end
assert(not pcall(tensor.sum, { shape = { 2 } }) and not pcall(tensor.sum, "tensor") and not pcall(tensor.sum))
