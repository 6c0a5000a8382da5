-- The inverse of a large matrix: minutes in a library that looks at no clock.
-- expect: time limit
-- limits: time=300ms
local nj = require "nightjar"
while true do nj.randn { 3000, 3000 }:inverse() end
