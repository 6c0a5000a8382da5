-- Memory runs out, and the message handler wants more.
-- expect: M
-- limits: time=10s
local function fill()
  local kept = {}
  while true do kept[#kept + 1] = { {} } end
end
while true do xpcall(fill, fill) end
