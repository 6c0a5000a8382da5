-- A table that contains itself, given to the host.
-- expect: error
-- message: contains itself
local t = {}
t.t = t
require("nightjar").json.encode(t)
