-- An endless loop of modules with a function that holds the module, a megabyte each: the state keeps them until
-- it is closed.
-- expect: memory limit
-- limits: time=10s
-- keeps memory: the module and its function hold each other, across Lua and the host
local nj = require "nightjar"
local Holder = nj.nn.module {
  init = function(self) self.w = nj.zeros(2 ^ 18) self.f = function() return self end end,
  forward = function(_, x) return x end,
}
while true do Holder() end
