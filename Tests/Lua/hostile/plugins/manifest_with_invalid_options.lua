-- Options with empty ranges, defaults outside them, and values that are not options.
-- expect: completes
local nj = require "nightjar"
for _, option in ipairs { { default = 0, min = 1 }, { default = 2, max = 1 },
  { min = 2, max = 1, type = "number" }, {}, 5, { 5 }, { default = print }, { default = {} },
  { default = 1, min = "0" }, { type = "file" }, { default = 1, type = "string" },
  { default = 0 / 0, min = 0 }, { default = 1, choices = { 2 } }, { default = 1, defualt = 2 },
  { default = nj.ones(1) }, { default = { 1, "a" } }, { default = 1, help = {} }, { choices = { {} } },
  { default = "x", required = "yes" } } do
  assert(not pcall(nj.model,
    { name = "m", summary = "s", api = 1, build = print, options = { width = option } }))
end
local many = {}
for i = 1, 1e4 do many["option" .. i] = { default = i } end
nj.model { name = "m", summary = "s", api = 1, build = print, options = many }
