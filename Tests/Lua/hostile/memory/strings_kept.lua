-- Different strings, all of them kept.
-- expect: memory limit
-- limits: time=20s
local kept = {}
while true do kept[#kept + 1] = ("x"):rep(1000) .. #kept end
