-- A decomposition that takes minutes in one call of a numerical library.
-- expect: time limit
-- limits: time=500ms
-- own process: nothing of the script or the host runs inside the library, so only the end of the process reaches it
local nj = require "nightjar"
nj.rand(2500, 2500):svd()
