-- An endless loop that writes and reads JSON.
-- expect: time limit
-- limits: time=300ms
local nj = require "nightjar"
local list = {}
for i = 1, 1e4 do list[i] = { a = i, b = "text " .. i } end
while true do nj.json.decode(nj.json.encode(list, { pretty = true })) end
