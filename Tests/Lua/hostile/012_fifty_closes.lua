-- Fifty variables to close, each of which catches what ends it and loops on.
-- expect: T
-- limits: time=200ms
local function loop() while true do end end
local meta = { __close = function() while true do pcall(loop) end end }
local function open(depth)
  local _ <close> = setmetatable({}, meta)
  if depth > 1 then open(depth - 1) end
end
open(50)
