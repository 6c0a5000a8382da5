-- __pairs that returns invalid values, raises, or yields.
-- expect: completes
local function made_by(f) return setmetatable({}, { __pairs = f }) end
assert(not pcall(function() for _ in pairs(made_by(function() return nil end)) do end end))
assert(not pcall(function() for _ in pairs(made_by(function() return 1, 2, 3 end)) do end end))
assert(not pcall(pairs, made_by(error)) and not pcall(pairs, made_by({})))
assert(select("#", pairs(made_by(function() return 1, 2, 3, 4, 5 end))) <= 4)
assert(not pcall(pairs) and not pcall(pairs, nil) and not pcall(ipairs))
