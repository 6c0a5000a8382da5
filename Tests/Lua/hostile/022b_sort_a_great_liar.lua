-- table.sort where __len claims more than it can sort.
-- expect: E
-- says: too big
table.sort(setmetatable({}, { __len = function() return math.maxinteger end }))
