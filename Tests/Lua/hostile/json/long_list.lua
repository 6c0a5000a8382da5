-- A text of forty megabytes, whose values fit Lua's memory.
-- expect: time limit
-- limits: time=300ms lua-memory=512MiB
local nj = require "nightjar"
nj.json.decode("[" .. ("1,"):rep(20000000) .. "1]")
