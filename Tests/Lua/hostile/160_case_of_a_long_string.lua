-- Long strings turned round and changed in case.
-- expect: T
-- limits: time=200ms
local text = ("x"):rep(5e6)
while true do text = text:upper():lower():reverse() end
