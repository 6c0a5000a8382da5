-- table.sort where __len claims more than it can sort.
-- expect: error
-- message: too big
table.sort(setmetatable({}, { __len = function() return math.maxinteger end }))
