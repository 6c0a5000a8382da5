-- Loops that end at the last integer, or have no step.
-- expect: completes
local low, high, count = math.mininteger, math.maxinteger, 0
for _ = high - 1, high do count = count + 1 end
for _ = low + 1, low, -1 do count = count + 1 end
for _ = high, low do count = count + 1 end
for _ = low, high, high do count = count + 1 end
for _ = high, low, low do count = count + 1 end
for _ = 1, 3, high do count = count + 1 end
for _ = 1, 0 / 0 do count = count + 1 end
assert(count == 2 + 2 + 3 + 2 + 1, count)
assert(not pcall(function() for _ = 1, 2, 0 do end end) and not pcall(function() for _ = "a", 2 do end end))
