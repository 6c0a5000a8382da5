-- Error values of every kind pass through the host.
-- expect: completes
local nj = require "nightjar"
for _, value in ipairs { 1, 1.5, true, {}, print, nj, nj.ones(1), setmetatable({}, { __tostring = error }),
  "\27[31m" } do
  local ok, problem = pcall(nj.no_grad, function() error(value) end)
  assert(not ok and type(problem) == "string")
end
assert(not pcall(nj.no_grad, error) and not pcall(nj.no_grad) and not pcall(nj.no_grad, 1))
local on = nj.ones(1):requires_grad_() * 2
assert(on.requires_grad, "recording should be on again")
