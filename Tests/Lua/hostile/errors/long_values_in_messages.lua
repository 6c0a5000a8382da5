-- Errors that would repeat what was given: a shape with a hundred thousand sizes, a name of a megabyte.
-- expect: completes
local nj = require "nightjar"
local shape = {}
for i = 1, 1e5 do shape[i] = i end
for _, call in ipairs { function() nj.zeros(shape) end, function() nj.ones(2):reshape(shape) end,
  function() nj.nn.ReLU()[("x"):rep(1e5)] = 1 end, function() nj.model { [("x"):rep(1e5)] = 1 } end,
  function() nj.nn.module { name = ("x"):rep(1e6), forward = print }()(nj.ones(1)) end } do
  local ok, problem = pcall(call)
  assert(not ok and #problem < 10000, #tostring(problem))
end
