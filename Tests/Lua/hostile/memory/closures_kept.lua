-- Closures with variables of their own, all of them kept.
-- expect: memory limit
-- limits: time=20s
local kept = {}
while true do
  local a, b, c = {}, {}, {}
  kept[#kept + 1] = function() return a, b, c end
end
