-- table.move within one table, and across the ends of the integers.
-- expect: completes
local low, high = math.mininteger, math.maxinteger
assert(table.concat(table.move({ 1, 2, 3 }, 1, 3, 2)) == "1123"
  and table.concat(table.move({ 1, 2, 3 }, 2, 3, 1)) == "233")
assert(not pcall(table.move, {}, 1, high, 2) and not pcall(table.move, {}, low, 0, 1)
  and not pcall(table.move, {}, 0, high, 1))
assert(not pcall(table.move, {}, 1, 2, high) and not pcall(table.move, {}, low, high, 1))
assert(next(table.move({}, high, low, 1)) == nil)
local t = table.move({ [high] = 7 }, high, high, low)
assert(t[low] == 7)
