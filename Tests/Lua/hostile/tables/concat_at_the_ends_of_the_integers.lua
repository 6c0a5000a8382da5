-- table.concat over ranges at the ends of the integers.
-- expect: completes
local low, high = math.mininteger, math.maxinteger
local all = setmetatable({}, { __index = function() return "x" end })
assert(table.concat(all, "", high, high) == "x" and table.concat(all, "", high - 1, high) == "xx")
assert(table.concat(all, "", high, low) == "" and table.concat(all, "", low, low + 1) == "xx")
assert(not pcall(table.concat, {}, "", low, high) and not pcall(table.concat, { {} })
  and not pcall(table.concat, { true }))
