-- A plugin by the path of a file that was not granted: the message must not show the start of the file.
-- expect: completes
local nj = require "nightjar"
for _, path in ipairs { "/etc/passwd", "/etc/shadow", "/proc/self/environ", "../x.lua", "/nowhere.lua",
  "x/../../y.lua" } do
  local ok, problem = pcall(nj.plugin, "model", path)
  local message = problem:gsub("^.-%.lua:%d+: ", "") -- the script's own path may contain any word
  assert(not ok and not message:find("near") and not message:find("no such file"), problem)
end
