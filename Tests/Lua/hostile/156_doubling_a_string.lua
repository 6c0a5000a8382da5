-- A string joined to itself until it is larger than the memory.
-- expect: M
-- limits: time=10s
local text = "x"
while true do text = text .. text end
