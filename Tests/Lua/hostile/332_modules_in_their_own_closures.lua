-- Modules with a function that holds the module, a megabyte each, for ever: the state keeps them until it ends.
-- expect: M
-- limits: time=10s
-- keeps: the module and its function hold each other, across Lua and the host
local nj = require "nightjar"
local Holder = nj.nn.module {
  init = function(self) self.w = nj.zeros(2 ^ 18) self.f = function() return self end end,
  forward = function(_, x) return x end,
}
while true do Holder() end
