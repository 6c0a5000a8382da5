-- A plugin by the path of a file that was not granted: its first words must not show.
-- expect: fine
local nj = require "nightjar"
for _, path in ipairs { "/etc/passwd", "/etc/shadow", "/proc/self/environ", "../x.lua", "/nowhere.lua",
  "x/../../y.lua" } do
  local ok, problem = pcall(nj.plugin, "model", path)
  assert(not ok and not problem:find("near") and not problem:find("no such file"), problem)
end
