-- The limit is reached during backward; recording must be on afterwards.
-- expect: time limit
-- limits: time=200ms
local nj = require "nightjar"
local f = nj.func { forward = function(_, x) return x * 1 end, backward = function() while true do end end }
pcall(function() f(nj.ones(1):requires_grad_()):sum():backward() end)
