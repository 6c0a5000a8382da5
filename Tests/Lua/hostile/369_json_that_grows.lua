-- Text that takes six times its length in JSON.
-- expect: M
-- limits: time=10s
-- alone: until it neither hangs nor crashes
local nj = require "nightjar"
return nj.json.encode(("\1"):rep(3e7))
