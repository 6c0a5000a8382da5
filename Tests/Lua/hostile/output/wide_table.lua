-- Rows with a column each: millions of empty cells.
-- expect: error
-- message: cells
local nj = require "nightjar"
local rows = {}
for i = 1, 2000 do rows[i] = { ["c" .. i] = i } end
nj.run.table("a", rows)
