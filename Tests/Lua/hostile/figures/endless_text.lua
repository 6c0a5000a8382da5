-- An endless loop that prints figures as text.
-- expect: output limit or time limit
-- limits: time=3s
local nj = require "nightjar"
local text = nj.plot.lines { y = { 1, 2, 3 } }:text(1000)
while true do print(text) end
