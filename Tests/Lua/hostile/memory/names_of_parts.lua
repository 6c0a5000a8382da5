-- Names of ten megabytes for parts of a network.
-- expect: error
-- message: at most 200 bytes
local nj = require "nightjar"
local kept = {}
for i = 1, 100 do kept[i] = nj.nn.Sequential { { ("x"):rep(10000000) .. i, nj.nn.ReLU() } } end
