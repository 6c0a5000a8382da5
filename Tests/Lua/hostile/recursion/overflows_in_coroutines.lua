-- A coroutine of its own for each overflow, all of them kept.
-- expect: time limit or memory limit
local function down() down() end
local kept = {}
while true do
  kept[#kept + 1] = coroutine.create(function() pcall(down) coroutine.yield() end)
  coroutine.resume(kept[#kept])
end
