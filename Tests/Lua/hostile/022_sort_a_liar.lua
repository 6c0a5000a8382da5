-- table.sort where __len claims two thousand million elements.
-- expect: T
-- limits: time=200ms
local liar = setmetatable({}, { __len = function() return 2e9 | 0 end })
table.sort(liar, function() return false end)
