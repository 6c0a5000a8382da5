-- A module that was spoilt by one script is whole for the next (reloads: HostileWorldTests).
-- expect: fine
local spoilt = require "modules.counter"
assert(spoilt.count == 0, "an earlier script's module")
spoilt.count = 99
assert(require("modules.counter").count == 99, "one script sees one module")
