-- The forward pass of an operation calls the operation.
-- expect: error
-- message: stack overflow
local nj = require "nightjar"
local f
f = nj.func { forward = function(_, x) return f(x) end, backward = print }
f(nj.ones(1))
