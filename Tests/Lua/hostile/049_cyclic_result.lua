-- A table that contains itself, given to the host.
-- expect: E
-- says: contains itself
local t = {}
t.t = t
require("nightjar").json.encode(t)
