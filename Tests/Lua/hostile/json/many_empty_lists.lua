-- A short text whose values take a hundred times as much memory.
-- expect: memory limit
-- limits: time=20s
local nj = require "nightjar"
nj.json.decode("[" .. ("[],"):rep(6000000) .. "1]")
