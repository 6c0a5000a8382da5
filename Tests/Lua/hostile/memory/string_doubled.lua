-- A string concatenated with itself until it exceeds the memory.
-- expect: memory limit
-- limits: time=10s
local text = "x"
while true do text = text .. text end
