-- A table nested a hundred thousand levels deep, given to the host.
-- expect: error
-- message: deep
local t = {}
for _ = 1, 1e5 do t = { t } end
require("nightjar").json.encode(t)
