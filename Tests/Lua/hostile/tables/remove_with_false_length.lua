-- table.remove at the front, where __len claims two thousand million elements.
-- expect: time limit
-- limits: time=200ms
table.remove(setmetatable({}, { __len = function() return 2e9 | 0 end }), 1)
