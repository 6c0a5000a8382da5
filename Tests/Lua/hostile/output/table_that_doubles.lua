-- The rows of a table are forty small tables that hold each other twice.
-- expect: error or time limit
local nj = require "nightjar"
local t = { 1, 1 }
for _ = 1, 40 do t = { t, t } end
nj.run.table("a", t)
