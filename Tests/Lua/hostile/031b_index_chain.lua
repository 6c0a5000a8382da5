-- Tables whose __index leads round in a circle.
-- expect: E
-- says: loop
local a, b = {}, {}
setmetatable(a, { __index = b })
setmetatable(b, { __index = a })
return a.x
