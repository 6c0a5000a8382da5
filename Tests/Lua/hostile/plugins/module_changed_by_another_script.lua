-- A module that one script changed is unchanged for the next (reloads: HostileWorldTests).
-- expect: completes
local changed = require "lib.counter"
assert(changed.count == 0, "the module of an earlier script")
changed.count = 99
assert(require("lib.counter").count == 99, "require should return the same module again")
