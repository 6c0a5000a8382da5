-- Addresses of memory in text, which would help an attack on the process.
-- expect: fine
local function plain(text) assert(not text:find("0x%x") and not text:find("%x%x%x%x%x%x"), text) end
for _, value in ipairs { print, {}, coroutine.create(print), require("nightjar").zeros(1), pairs({}) } do
  plain(tostring(value))
  plain(("%s"):format(value))
  plain(("%-20s|%5.3s"):format(value, value))
end
assert(not pcall(string.format, "%p", {}))
plain(select(2, pcall(error, {})) and "")
plain(select(2, pcall(function() return {} + 1 end)))
