-- A chain of ten thousand __index tables.
-- expect: error
-- message: too long
local t = {}
for _ = 1, 1e4 do t = setmetatable({}, { __index = t }) end
return t.x
