-- Modules with a function that holds the module, a megabyte each, for ever: memory stays flat.
-- expect: T
-- limits: time=500ms
local nj = require "nightjar"
local Holder = nj.nn.module {
  init = function(self) self.w = nj.zeros(2 ^ 18) self.f = function() return self end end,
  forward = function(_, x) return x end,
}
while true do Holder() end
