-- A loop in a coroutine in a metamethod in a comparator, with errors caught at every level.
-- expect: time limit
-- limits: time=200ms
local meta = { __lt = function() pcall(coroutine.wrap(function() while true do end end)) end }
local list = { setmetatable({}, meta), setmetatable({}, meta), setmetatable({}, meta) }
table.sort(list, function(a, b) pcall(function() return a < b end) return false end)
