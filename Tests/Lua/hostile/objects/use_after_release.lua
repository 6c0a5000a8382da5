-- A tensor is used after its memory was released.
-- expect: error
-- message: after release
local nj = require "nightjar"
local x = nj.ones(3)
x:release()
return x:sum()
