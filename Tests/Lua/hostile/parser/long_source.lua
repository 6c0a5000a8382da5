-- Ten megabytes of source text, again and again.
-- expect: time limit or memory limit
-- limits: time=300ms
local text = ("x = 1 "):rep(1e6)
while true do load(text) end
