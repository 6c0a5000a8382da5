-- Full collections of a large heap, without end.
-- expect: time limit
-- limits: time=200ms
local kept = {}
for i = 1, 3e5 do kept[i] = {} end
while true do collectgarbage() end
