-- A manifest for a newer version of the host.
-- expect: error
-- message: version 999 of the plugin interface
local nj = require "nightjar"
return nj.model { name = "m", summary = "s", api = 999, build = print }
