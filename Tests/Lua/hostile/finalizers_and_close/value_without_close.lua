-- A to-be-closed variable whose value cannot be closed.
-- expect: error
-- message: non-closable
local x <close> = 42
return x
