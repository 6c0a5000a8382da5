-- Positions at the ends of the integer range.
-- expect: completes
local low, high = math.mininteger, math.maxinteger
assert(("abc"):sub(low, high) == "abc" and ("abc"):sub(high, low) == "" and ("abc"):sub(-high, -1) == "abc")
assert(("abc"):byte(high) == nil and ("abc"):byte(low, low) == nil)
assert(("abc"):find("b", low) == 2 and ("abc"):find("b", high) == nil and ("abc"):find("", high) == nil)
assert(("abc"):match("()", 4) == 4 and ("abc"):gmatch(".", high)() == nil)
assert(not pcall(string.char, 256) and not pcall(string.char, -1) and not pcall(string.char, high))
