-- A list in JSON that takes twenty times its length as a table.
-- expect: memory limit or time limit
-- limits: time=10s
-- own process: a regression would hang or crash the process
local nj = require "nightjar"
return nj.json.decode("[" .. ("0,"):rep(6e6) .. "0]")
