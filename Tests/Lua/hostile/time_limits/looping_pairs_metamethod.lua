-- __pairs loops.
-- expect: time limit
-- limits: time=200ms
for _ in pairs(setmetatable({}, { __pairs = function() while true do end end })) do end
