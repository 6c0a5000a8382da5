-- Fifty to-be-closed variables, each of which catches the limit's error and continues to loop.
-- expect: time limit
-- limits: time=200ms
local function loop() while true do end end
local meta = { __close = function() while true do pcall(loop) end end }
local function open(depth)
  local _ <close> = setmetatable({}, meta)
  if depth > 1 then open(depth - 1) end
end
open(50)
