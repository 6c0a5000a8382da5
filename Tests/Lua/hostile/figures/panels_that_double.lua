-- Figures combined so that the number of panels doubles each time.
-- expect: memory limit or error or time limit
-- limits: time=3s
local nj = require "nightjar"
local figure = nj.plot.lines { y = { 1, 2 } }
for _ = 1, 40 do figure = nj.plot.panels { figure, figure } end
