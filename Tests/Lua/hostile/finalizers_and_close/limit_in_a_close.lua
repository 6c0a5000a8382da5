-- The limit is reached while a variable is closed because of the limit.
-- expect: time limit
-- limits: time=200ms
local meta = { __close = function() for _ = 1, 1e9 do end end }
local _ <close> = setmetatable({}, meta)
local _ <close> = setmetatable({}, meta)
while true do end
