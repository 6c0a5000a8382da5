-- An endless loop that prints lines of a megabyte.
-- expect: output limit
-- limits: time=10s
local line = ("x"):rep(1 << 20)
while true do print(line) end
