-- An __index function that indexes its own table.
-- expect: error
-- message: stack overflow
local t = setmetatable({}, { __index = function(t, k) return t[k] end })
return t.x
