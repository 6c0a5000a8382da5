-- Memory addresses in text, which would help an attack on the process.
-- expect: completes
local function check(text)
  text = text:gsub("^.-%.lua:%d+: ", "") -- the script's own path may contain such digits
  assert(not text:find("0x%x") and not text:find("%x%x%x%x%x%x"), text)
end
for _, value in ipairs { print, {}, coroutine.create(print), require("nightjar").zeros(1), pairs({}) } do
  check(tostring(value))
  check(("%s"):format(value))
  check(("%-20s|%5.3s"):format(value, value))
end
assert(not pcall(string.format, "%p", {}))
check(select(2, pcall(error, {})) and "")
check(select(2, pcall(function() return {} + 1 end)))
