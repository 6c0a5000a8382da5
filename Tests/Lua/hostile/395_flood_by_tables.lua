-- Tables printed and kept, for ever.
-- expect: O or T
-- limits: time=5s
local nj = require "nightjar"
local rows = {}
for i = 1, 1000 do rows[i] = { a = i, b = "text" } end
while true do nj.run.table("t", rows) end
