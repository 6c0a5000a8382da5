-- table.sort where __len claims two thousand million elements.
-- expect: time limit
-- limits: time=200ms
local list = setmetatable({}, { __len = function() return 2e9 | 0 end })
table.sort(list, function() return false end)
