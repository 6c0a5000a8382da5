-- nj.func with results of the wrong kind, number, shape and type.
-- expect: completes
local nj = require "nightjar"
local x = nj.ones(2):requires_grad_()
for _, wrong in ipairs { function() end, function() return 1 end, function() return x, x end,
  function() return {} end } do
  assert(not pcall(nj.func { forward = wrong, backward = print }, x))
end
for _, wrong in ipairs { function() return 1 end, function() return nj.ones(3) end, function(_, up) return up,
  up, up end, function() return nj.ones({ 2 }, { dtype = "int32" }) end, error,
  function(_, up) up:release() return up end } do
  local y = nj.func { forward = function(_, a) return a * 2 end, backward = wrong }(x):sum()
  assert(not pcall(y.backward, y))
end
assert(not pcall(nj.func { forward = print, backward = print }) and not pcall(nj.func, { forward = print }))
