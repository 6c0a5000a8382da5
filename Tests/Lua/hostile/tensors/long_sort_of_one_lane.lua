-- Sorts, selections and permutations of tens of millions of elements in one piece.
-- expect: time limit or memory limit
-- limits: time=200ms
local nj = require "nightjar"
local x = nj.randn { 12000000 }
while true do
  x:sort()
  x:masked_select(x:gt(0))
  nj.randperm(12000000)
  x:unique()
end
