-- Modules that are parts of themselves, a megabyte each, for ever: the first is refused.
-- expect: E
-- says: cannot be a part of itself
-- limits: time=500ms
local nj = require "nightjar"
local Knot = nj.nn.module {
  init = function(self) self.w = nj.zeros(2 ^ 18) self.me = self end,
  forward = function(_, x) return x end,
}
while true do Knot() end
