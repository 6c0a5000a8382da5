-- A convolution of one sample whose windows fit one product.
-- expect: time limit
-- limits: time=300ms
local nj = require "nightjar"
while true do nj.conv1d(nj.randn { 1, 40000, 16 }, nj.randn { 256, 16, 64 }) end
