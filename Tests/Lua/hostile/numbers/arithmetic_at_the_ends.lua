-- Arithmetic at the ends of the integers: a value or an error, never a processor trap.
-- expect: completes
assert(math.mininteger // -1 == math.mininteger and math.mininteger % -1 == 0)
assert(not pcall(function() return 1 // 0 end) and not pcall(function() return 1 % 0 end))
assert(not pcall(function() return 2 ^ 63 | 0 end) and not pcall(function() return 0 / 0 | 0 end))
assert(not pcall(function() local t = {} t[0 / 0] = 1 end))
assert(1 << 64 == 0 and 1 << -1 == 0 and 1 >> math.mininteger == 0 and -1 >> 63 == 1)
assert(math.abs(math.mininteger) == math.mininteger and math.fmod(math.mininteger, -1) == 0)
assert(-math.mininteger == math.mininteger and math.maxinteger + 1 == math.mininteger)
