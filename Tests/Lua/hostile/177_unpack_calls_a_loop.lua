-- table.unpack of elements that an __index loops for; it must not, as it reads what is there.
-- expect: T
-- limits: time=200ms
local looping = setmetatable({}, { __index = function() while true do end end })
return table.unpack(looping, 1, 10)
