-- table.remove in front, where __len claims two thousand million elements.
-- expect: T
-- limits: time=200ms
table.remove(setmetatable({}, { __len = function() return 2e9 | 0 end }), 1)
