-- The text of a module that is a part of itself.
-- expect: fine or E
local nj = require "nightjar"
local Knot = nj.nn.module { init = function(self) self.me = self end, forward = function(_, x) return x end }
return #tostring(Knot())
