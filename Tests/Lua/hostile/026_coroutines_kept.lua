-- Coroutines, all of them kept.
-- expect: M
-- limits: time=10s
local kept = {}
while true do
  kept[#kept + 1] = coroutine.create(print)
end
