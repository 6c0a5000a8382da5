-- Coroutines inside metamethods inside a comparator of table.sort.
-- expect: completes
local meta = { __lt = function(a, b) return coroutine.wrap(function() return a.n < b.n end)() end }
local list = {}
for i = 1, 200 do list[i] = setmetatable({ n = i * 37 % 101 }, meta) end
table.sort(list, function(a, b) return coroutine.wrap(function() return a < b end)() end)
for i = 2, #list do assert(list[i - 1].n <= list[i].n) end
