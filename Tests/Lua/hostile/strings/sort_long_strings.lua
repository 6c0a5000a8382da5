-- A hundred thousand equal long strings, sorted.
-- expect: time limit
-- limits: time=200ms
local text, list = ("x"):rep(1e5), {}
for i = 1, 1e5 do list[i] = text end
table.sort(list)
