-- table.insert and table.remove at invalid positions.
-- expect: completes
for _, position in ipairs { 0, 5, -1, math.mininteger, math.maxinteger, 0.5, "x" } do
  assert(not pcall(table.insert, { 1, 2, 3 }, position, "x"))
end
assert(not pcall(table.insert, {}) and not pcall(table.insert, {}, 1, 2, 3)
  and not pcall(table.insert, "x", 1))
assert(not pcall(table.remove, { 1 }, 3) and table.remove({}, 0) == nil and table.remove({}) == nil)
local longest = setmetatable({}, { __len = function() return math.maxinteger end })
assert(not pcall(table.insert, longest, 0, "x"))
table.insert(longest, "x")
assert(rawget(longest, math.mininteger) == "x" or rawget(longest, math.maxinteger + 1) == "x")
