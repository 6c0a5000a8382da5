-- Figures put together, each time twice as many panels.
-- expect: M or E or T
-- limits: time=3s
local nj = require "nightjar"
local figure = nj.plot.lines { y = { 1, 2 } }
for _ = 1, 40 do figure = nj.plot.panels { figure, figure } end
