-- A table whose __call is the table itself: the virtual machine looks for a function, for hours.
-- expect: T or E
-- limits: time=300ms
-- alone: the search is one instruction
local t = setmetatable({}, {})
getmetatable(t).__call = t
t()
