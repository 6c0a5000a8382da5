-- The host's own tables, which all plugins share.
-- expect: completes
local nj = require "nightjar"
assert(not getmetatable(nj) and not getmetatable(nj.nn) and next(nj) == nil)
assert(not pcall(function() nj.zeros = error end))
assert(not pcall(function() nj.nn.Linear = nil end))
assert(not pcall(rawset, nj, "zeros", error))
assert(not pcall(setmetatable, nj, {}))
assert(not pcall(table.insert, nj, 1))
assert(not pcall(table.move, { error }, 1, 1, 1, nj))
