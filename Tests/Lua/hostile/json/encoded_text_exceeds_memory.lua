-- Text that takes six times its length in JSON.
-- expect: memory limit
-- limits: time=10s
-- own process: a regression would hang or crash the process
local nj = require "nightjar"
return nj.json.encode(("\1"):rep(3e7))
