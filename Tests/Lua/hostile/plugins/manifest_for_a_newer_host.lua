-- A manifest for a newer version of the host.
-- expect: error
-- message: plugin interface 999
local nj = require "nightjar"
return nj.model { name = "m", summary = "s", api = 999, build = print }
