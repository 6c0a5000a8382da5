-- A coroutine loops, and is resumed until it is dead.
-- expect: time limit
-- limits: time=200ms
local co = coroutine.create(function() while true do end end)
while coroutine.status(co) ~= "dead" do coroutine.resume(co) end
