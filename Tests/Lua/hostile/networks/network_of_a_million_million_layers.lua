-- Forty nested sequences, each of which runs the one before twice: a million million layers.
-- expect: time limit
-- limits: time=300ms
local nj = require "nightjar"
local m = nj.nn.ReLU()
for _ = 1, 40 do m = nj.nn.Sequential { { "a", m }, { "b", m } } end
m(nj.ones(1))
