-- rawget, rawset, rawlen and rawequal on objects of the host.
-- expect: completes
local nj = require "nightjar"
local x = nj.ones(3)
assert(not pcall(rawset, x, 1, 5) and not pcall(rawget, x, 1) and not pcall(rawlen, x) and not pcall(next, x))
assert(rawequal(x, x) and not rawequal(x, x:clone()))
assert(not pcall(rawset, nj.nn, "Linear", error) and not pcall(rawset, nj.run, "out", "/tmp"))
assert(not pcall(setmetatable, x, {}) and not pcall(table.unpack, x, 1, 4))
