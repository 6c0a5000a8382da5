-- An endless loop that creates coroutines and keeps them all.
-- expect: memory limit
-- limits: time=10s
local kept = {}
while true do
  kept[#kept + 1] = coroutine.create(print)
end
