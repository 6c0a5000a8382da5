-- An endless loop of small decompositions, with every error caught.
-- expect: time limit
-- limits: time=300ms
local nj = require "nightjar"
local x = nj.rand(64, 64)
while true do pcall(x.svd, x) end
