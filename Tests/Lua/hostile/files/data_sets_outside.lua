-- A data set in a folder that was not granted: its files must stay unread.
-- expect: completes
local nj = require "nightjar"
for _, path in ipairs { "/etc", "/", "/proc/self", "..", "/root", "/nowhere/at/all" } do
  local ok, problem = pcall(nj.data.words, { path = path })
  assert(not ok and problem:gsub("^.-%.lua:%d+: ", ""):find("allow"), problem)
end
