-- A tensor is used after its memory was given back.
-- expect: E
-- says: after release
local nj = require "nightjar"
local x = nj.ones(3)
x:release()
return x:sum()
