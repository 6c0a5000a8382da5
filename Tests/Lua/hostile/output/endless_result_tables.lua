-- An endless loop that prints and stores tables.
-- expect: output limit
-- limits: time=10s output=100KiB
local nj = require "nightjar"
local rows = {}
for i = 1, 100 do rows[i] = { a = i, b = "text" } end
while true do nj.run.table("t", rows) end
