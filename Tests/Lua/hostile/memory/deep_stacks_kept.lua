-- Recursion in many coroutines, each with a deep stack that is kept.
-- expect: memory limit
-- limits: time=20s
local kept = {}
local function down(depth)
  if depth == 0 then coroutine.yield() end
  return 1 + down(depth - 1)
end
while true do
  local co = coroutine.create(down)
  coroutine.resume(co, 10000)
  kept[#kept + 1] = co
end
