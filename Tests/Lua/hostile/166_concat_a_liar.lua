-- table.concat of elements that an __index makes up, empty ones, two thousand million.
-- expect: T
-- limits: time=200ms
local liar = setmetatable({}, { __len = function() return 2e9 | 0 end, __index = function() return "" end })
return table.concat(liar)
