-- Memory runs out, and the message handler allocates more.
-- expect: memory limit
-- limits: time=10s
local function fill()
  local kept = {}
  while true do kept[#kept + 1] = { {} } end
end
while true do xpcall(fill, fill) end
