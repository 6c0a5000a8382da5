-- One sum over products of three matrices.
-- expect: time limit
-- limits: time=300ms
local nj = require "nightjar"
local x = nj.randn { 1500, 1500 }
while true do nj.einsum("ij,jk,kl->il", x, x, x) end
