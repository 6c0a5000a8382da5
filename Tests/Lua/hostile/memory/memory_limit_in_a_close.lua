-- Memory runs out while a variable is closed because memory ran out.
-- expect: memory limit
-- limits: time=10s
local function fill()
  local kept = {}
  while true do kept[#kept + 1] = { {} } end
end
local _ <close> = setmetatable({}, { __close = function() pcall(fill) fill() end })
fill()
