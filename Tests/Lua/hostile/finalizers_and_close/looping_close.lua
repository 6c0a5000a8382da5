-- A __close that loops.
-- expect: time limit
-- limits: time=200ms
local _ <close> = setmetatable({}, { __close = function() while true do end end })
