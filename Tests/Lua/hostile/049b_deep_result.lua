-- A table nested a hundred thousand deep, given to the host.
-- expect: E
-- says: deep
local t = {}
for _ = 1, 1e5 do t = { t } end
require("nightjar").json.encode(t)
