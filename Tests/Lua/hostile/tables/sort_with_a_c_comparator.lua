-- A million equal numbers, sorted endlessly with a C function as comparator.
-- expect: time limit
-- limits: time=200ms
local list = {}
for i = 1, 1e6 do list[i] = 7 end
while true do table.sort(list, math.ult) end
