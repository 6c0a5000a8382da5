-- A tensor is released twice, closed twice, and collected afterwards.
-- expect: completes
local nj = require "nightjar"
local x = nj.ones(3)
x:release()
pcall(x.release, x)
do local _ <close> = x end
collectgarbage()
assert(not pcall(x.sum, x) and not pcall(function() return x + 1 end)
  and not pcall(function() return x[1] end))
assert(not pcall(tostring, x) or true)
