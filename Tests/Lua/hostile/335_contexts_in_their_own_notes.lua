-- Contexts of operations that hold themselves and their results, for ever: memory stays flat.
-- expect: T
-- limits: time=500ms
local nj = require "nightjar"
while true do
  local y
  local f = nj.func {
    forward = function(ctx, x) ctx.me = ctx ctx.result = function() return y end ctx:save(x) return x * 1 end,
    backward = function(_, upstream) return upstream end,
  }
  y = f(nj.zeros(2 ^ 18):requires_grad_())
end
