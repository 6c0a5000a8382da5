-- Tables whose __index fields form a cycle.
-- expect: error
-- message: loop
local a, b = {}, {}
setmetatable(a, { __index = b })
setmetatable(b, { __index = a })
return a.x
