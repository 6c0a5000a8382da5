-- Long strings reversed and changed in case.
-- expect: time limit
-- limits: time=200ms
local text = ("x"):rep(5e6)
while true do text = text:upper():lower():reverse() end
