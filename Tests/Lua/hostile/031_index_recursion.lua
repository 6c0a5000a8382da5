-- An __index function that asks its own table.
-- expect: E
-- says: stack overflow
local t = setmetatable({}, { __index = function(t, k) return t[k] end })
return t.x
