-- A tensor overwritten with an overlapping part of itself.
-- expect: completes
local nj = require "nightjar"
local x = nj.arange(1, 6)
x:slice(1, 2, 6):copy_(x:slice(1, 1, 5))
assert(nj.json.encode(x:totable()) == "[1.0,1.0,2.0,3.0,4.0,5.0]")
local y = nj.arange(1, 4):reshape(2, 2)
y:copy_(y:transpose(1, 2))
assert(nj.json.encode(y:totable()) == "[[1.0,3.0],[2.0,4.0]]")
y:add_(y:transpose(1, 2))
assert(nj.json.encode(y:totable()) == "[[2.0,5.0],[5.0,8.0]]")
y:copy_(y:flip(1))
assert(y[1][1] == 5 and y[2][2] == 5)
