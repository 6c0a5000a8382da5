-- Numerals of a million digits, in tonumber, in source text and in arithmetic.
-- expect: completes
-- limits: time=5s
local nines, ones = ("9"):rep(1e6), ("f"):rep(1e6)
for _, text in ipairs { nines, "0x" .. ones, "1e" .. nines, "0x1p" .. nines, "." .. nines, nines .. "x" } do
  local number = tonumber(text)
  assert(number == nil or math.type(number))
  load("return " .. text)
end
assert(tonumber(ones, 36) and not pcall(tonumber, "1", 1) and not pcall(tonumber, "1", 37))
assert(not pcall(tonumber, 1, 10) and not pcall(tonumber) and tonumber("1e1", 16) == 0x1e1)
