-- Forward passes that return nothing, a number, a table, a module, a released tensor.
-- expect: completes
local nj = require "nightjar"
for _, wrong in ipairs { function() end, function() return 1 end, function() return {} end,
  function(self) return self end, function(_, x) x:release() return x end, function() error {} end,
  function() error() end, coroutine.yield } do
  local Wrong = nj.nn.module { forward = wrong }
  assert(not pcall(nj.nn.Sequential { Wrong() }, nj.ones(1)))
end
assert(not pcall(nj.nn.module, { forward = 1 }) and not pcall(nj.nn.module, {}) and not pcall(nj.nn.module))
