-- Figures printed as text, for ever.
-- expect: O or T
-- limits: time=3s
local nj = require "nightjar"
local text = nj.plot.lines { y = { 1, 2, 3 } }:text(1000)
while true do print(text) end
