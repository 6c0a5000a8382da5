-- Fields without end on the context of a function, which the host stores.
-- expect: error
-- message: at most 1000 fields
local nj = require "nightjar"
local f = nj.func {
  forward = function(ctx, x) for i = 1, math.huge do ctx["field" .. i] = i end return x end,
  backward = function(_, upstream) return upstream end,
}
f(nj.ones { 1 })
