-- A table whose __call is the table itself: the virtual machine searches for a function for hours.
-- expect: time limit or error
-- limits: time=300ms
-- own process: the search is one instruction
local t = setmetatable({}, {})
getmetatable(t).__call = t
t()
