-- A manifest that requests permissions that do not exist.
-- expect: error
-- message: permissions
local nj = require "nightjar"
return nj.model { name = "m", summary = "s", api = 1, build = print, permissions = { "process", "network=*" } }
