-- Lists and objects in JSON nested a million levels deep.
-- expect: completes
local nj = require "nightjar"
for _, piece in ipairs { "[", '{"a":', '[{"a":' } do
  local ok, problem = pcall(nj.json.decode, piece:rep(1e6))
  assert(not ok and problem:gsub("^.-%.lua:%d+: ", ""):find("deep") and #problem < 1000)
end
assert(nj.json.decode(("["):rep(60) .. ("]"):rep(60)))
