-- An endless loop of modules of a megabyte that contain themselves: the first one is refused.
-- expect: error
-- message: cannot be a part of itself
-- limits: time=500ms
local nj = require "nightjar"
local Cyclic = nj.nn.module {
  init = function(self) self.w = nj.zeros(2 ^ 18) self.me = self end,
  forward = function(_, x) return x end,
}
while true do Cyclic() end
