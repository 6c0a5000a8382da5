-- The target of a link outside the granted folders must not be revealed.
-- expect: completes
local nj = require "nightjar"
for _, link in ipairs { "/proc/self/exe", "/proc/self/cwd/x" } do
  local ok, problem = pcall(nj.fs.read, link)
  -- The message may contain the script's own position, the link and its folder.
  local revealed = problem:gsub("^.-%.lua:%d+: ", ""):gsub("/proc/self/?%a*/?", "")
  assert(not ok and not revealed:find("/"), problem)
  assert(not revealed:find("nightjar") and not revealed:find("xctest") and not revealed:find("swift"), problem)
end
