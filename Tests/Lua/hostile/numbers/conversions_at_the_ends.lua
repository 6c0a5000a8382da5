-- Conversions between floats and integers at the ends of their ranges.
-- expect: completes
assert(math.tointeger(2 ^ 63) == nil and math.tointeger(0 / 0) == nil and math.tointeger("8x") == nil)
assert(math.ult(-1, 0) == false and math.floor(1e300) == 1e300 and math.ceil(-0.5) == 0)
assert(math.max(0 / 0, 1) ~= math.max(0 / 0, 1) or math.max(0 / 0, 1) == 1)
assert(not pcall(math.max) and not pcall(math.floor, {}) and not pcall(math.fmod, 1, 0))
assert(string.format("%q", math.mininteger) == "0x8000000000000000"
  and string.format("%q", 1 / 0) == "1e9999")
assert(tostring(2 ^ 63) == "9.2233720368548e+18" and 9223372036854775807 + 0.0 == 2 ^ 63)
