-- A generic for whose iterator loops, and whose closing value loops as well.
-- expect: time limit
-- limits: time=200ms
local closing = setmetatable({}, { __close = function() while true do end end })
for _ in function() while true do end end, nil, nil, closing do end
