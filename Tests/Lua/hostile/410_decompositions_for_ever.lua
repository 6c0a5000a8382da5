-- Small decompositions, for ever, with every error caught.
-- expect: T
-- limits: time=300ms
local nj = require "nightjar"
local x = nj.rand(64, 64)
while true do pcall(x.svd, x) end
