-- A table of forty levels, each of which holds the one below twice, is encoded.
-- expect: error or time limit
local nj = require "nightjar"
local t = { 1, 1 }
for _ = 1, 40 do t = { t, t } end
nj.json.encode(t)
