-- table.move through an __index and a __newindex that loop.
-- expect: T
-- limits: time=200ms
local looping = setmetatable({}, { __newindex = function() while true do end end })
table.move({ 1, 2, 3 }, 1, 3, 1, looping)
