-- A manifest for a host of the future.
-- expect: E
-- says: Mend
local nj = require "nightjar"
return nj.model { name = "m", summary = "s", api = 999, build = print }
