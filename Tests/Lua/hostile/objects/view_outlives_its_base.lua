-- A view is used after its base was released.
-- expect: completes
local nj = require "nightjar"
local base = nj.ones(1000)
local view = base:slice(1, 2, 999)
base:release()
collectgarbage()
assert(view:sum():item() == 998)
view:fill_(2)
assert(view[1] == 2)
