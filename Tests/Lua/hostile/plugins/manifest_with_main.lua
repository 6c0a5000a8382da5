-- A manifest that names a file to run.
-- expect: error
-- message: main
local nj = require "nightjar"
return nj.model { name = "m", summary = "s", api = 1, build = print, main = "../../x.lua" }
