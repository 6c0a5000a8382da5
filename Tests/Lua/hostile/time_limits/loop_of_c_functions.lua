-- A loop in which almost nothing but C functions runs.
-- expect: time limit
-- limits: time=200ms
local list = { 5, 3, 8, 1, 9, 2, 7, 4, 6 }
while true do pcall(table.sort, list, math.ult) end
