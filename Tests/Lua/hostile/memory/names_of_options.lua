-- Asks for options with long names, which the host must not remember.
-- expect: completes
-- limits: time=20s
local nj = require "nightjar"
for i = 1, 2000 do assert(nj.run.options[("x"):rep(100000) .. i] == nil) end
