-- One call of LAPACK that takes seconds.
-- expect: time limit
-- limits: time=200ms
local nj = require "nightjar"
nj.randn { 4000, 4000 }:inverse()
