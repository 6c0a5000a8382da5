-- A list of a million million numbers that is forty small tables.
-- expect: error or time limit
local nj = require "nightjar"
local t = { 1, 1 }
for _ = 1, 40 do t = { t, t } end
nj.tensor(t)
