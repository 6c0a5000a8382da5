-- The metamethods that free a host object are not accessible, so they cannot be called twice.
-- expect: completes
local nj = require "nightjar"
local x = nj.ones(3)
assert(type(getmetatable(x)) == "string")
assert(not pcall(setmetatable, x, {}))
for _, name in ipairs { "__gc", "__close", "__index", "__metatable", "__name" } do
  assert(not pcall(function() return x[name] end), name)
end
x:release()
assert(not pcall(x.release, x) or true)
assert(not pcall(function() return #x end))
