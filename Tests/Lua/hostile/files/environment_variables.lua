-- Environment variables that were not granted.
-- expect: completes
local nj = require "nightjar"
for _, name in ipairs { "PATH", "HOME", "", "PATH\0", "path", " PATH", "PATH=", "*", ("x"):rep(1e5) } do
  local ok, problem = pcall(nj.env, name)
  assert(not ok and #problem < 10000, name)
end
assert(not pcall(nj.env) and not pcall(nj.env, 1) and not pcall(nj.env, {}))
