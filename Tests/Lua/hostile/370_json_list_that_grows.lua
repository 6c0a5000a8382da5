-- A list in JSON that takes twenty times its length as a table.
-- expect: M or T
-- limits: time=10s
-- alone: until it neither hangs nor crashes
local nj = require "nightjar"
return nj.json.decode("[" .. ("0,"):rep(6e6) .. "0]")
