-- table.concat of two thousand million empty strings that an __index generates.
-- expect: time limit
-- limits: time=200ms
local list = setmetatable({}, { __len = function() return 2e9 | 0 end, __index = function() return "" end })
return table.concat(list)
