-- A megabyte a line, for ever.
-- expect: O
-- limits: time=10s
local line = ("x"):rep(1 << 20)
while true do print(line) end
