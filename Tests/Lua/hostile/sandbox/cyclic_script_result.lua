-- A table that contains itself as the script's own result.
-- expect: error or completes
local t = {}
t[1], t.t = t, t
return t
