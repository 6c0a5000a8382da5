-- A decomposition that takes minutes in one call of a numerical library.
-- expect: time limit
-- limits: time=500ms
-- own process: what is left behind in the library goes on until the process ends
local nj = require "nightjar"
nj.rand(2500, 2500):svd()
