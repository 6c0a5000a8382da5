-- A manifest whose fields come from a metatable, and change with each look.
-- expect: fine
local nj = require "nightjar"
local good = { name = "m", summary = "s", api = 1, build = print }
assert(not pcall(nj.model, setmetatable({}, { __index = good })), "raw fields only")
local looks = 0
local changing = setmetatable({ name = "m", summary = "s", api = 1, build = print }, {
  __index = function() looks = looks + 1 return "other" end, __pairs = error, __len = error,
})
nj.model(changing)
assert(looks == 0)
local knot = { name = "m", summary = "s", api = 1, build = print, options = {} }
knot.options.self = knot.options
assert(not pcall(nj.model, knot))
