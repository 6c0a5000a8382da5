-- A manifest that needs what does not exist to be granted.
-- expect: E
-- says: needs
local nj = require "nightjar"
return nj.model { name = "m", summary = "s", api = 1, build = print, permissions = { "process", "network=*" } }
