-- The text of a module that is a part of itself.
-- expect: completes or error
local nj = require "nightjar"
local Cyclic = nj.nn.module { init = function(self) self.me = self end, forward = function(_, x) return x end }
return #tostring(Cyclic())
