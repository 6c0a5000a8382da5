-- The choices of an option are a million million, in forty small tables.
-- expect: error or time limit
local nj = require "nightjar"
local t = { 1, 1 }
for _ = 1, 40 do t = { t, t } end
nj.metric {
  name = "doubled", summary = "Has many choices", api = 1, options = { choice = { default = 1, choices = t } },
  start = print, update = print, value = print,
}
