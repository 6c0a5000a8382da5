-- table.unpack of elements that come from an __index that loops.
-- expect: time limit
-- limits: time=200ms
local looping = setmetatable({}, { __index = function() while true do end end })
return table.unpack(looping, 1, 10)
