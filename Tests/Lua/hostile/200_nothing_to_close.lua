-- A variable to close that cannot be closed.
-- expect: E
-- says: non-closable
local x <close> = 42
return x
