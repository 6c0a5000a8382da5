-- A loop that does nothing but run: what a limit costs shows here.
local sum = 0
for i = 1, 300000000 do sum = sum + i end
