-- The metatable that all strings share.
-- expect: completes
assert(not pcall(function() getmetatable("").__index = error end))
assert(not pcall(function() getmetatable("").__add = error end))
assert(not pcall(setmetatable, "", {}))
assert(("a"):upper() == "A")
