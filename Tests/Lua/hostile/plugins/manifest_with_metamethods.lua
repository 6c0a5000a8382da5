-- A manifest whose fields come from a metatable and change with every access.
-- expect: completes
local nj = require "nightjar"
local good = { name = "m", summary = "s", api = 1, build = print }
assert(not pcall(nj.model, setmetatable({}, { __index = good })), "only raw fields should count")
local looks = 0
local changing = setmetatable({ name = "m", summary = "s", api = 1, build = print }, {
  __index = function() looks = looks + 1 return "other" end, __pairs = error, __len = error,
})
nj.model(changing)
assert(looks == 0)
local cyclic = { name = "m", summary = "s", api = 1, build = print, options = {} }
cyclic.options.self = cyclic.options
assert(not pcall(nj.model, cyclic))
