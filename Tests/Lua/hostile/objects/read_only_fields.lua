-- Fields of host objects that cannot be set, and results that are only copies.
-- expect: completes
local nj = require "nightjar"
local x = nj.ones(2, 2)
for _, name in ipairs { "shape", "dtype", "sum", "x", "__gc", "requires_grad", "", "\0" } do
  assert(not pcall(function() x[name] = 1 end), name)
end
x.shape[1] = 1000
assert(x:size(1) == 2 and x:numel() == 4)
assert(not pcall(function() nj.version = "2" end) and not pcall(function() nj.run.seed = 1 end))
assert(not pcall(function() nj.json.null.x = 1 end) and not pcall(function() nj.run.options.x = 1 end))
