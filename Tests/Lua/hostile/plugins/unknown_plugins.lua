-- Plugins that do not exist, of kinds that do not exist.
-- expect: completes
local nj = require "nightjar"
for _, name in ipairs { "", ".", "..", "none", "a\0b", ("x"):rep(1e5), "m5\0", "M5 ", "\27[31m" } do
  local ok, problem = pcall(nj.plugin, "model", name)
  assert(not ok and #problem < 10000, name)
end
for _, kind in ipairs { "", "modle", "models", "metric\0", 1,
  {} } do assert(not pcall(nj.plugin, kind, "m5")) end
