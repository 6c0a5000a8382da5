-- The forward pass of a module calls the module.
-- expect: error
-- message: stack overflow
local nj = require "nightjar"
local Loop = nj.nn.module { forward = function(self, x) return self(x) end }
Loop()(nj.ones(1))
