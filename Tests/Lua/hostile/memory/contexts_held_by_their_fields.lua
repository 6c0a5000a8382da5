-- Endless contexts of operations that hold themselves and their results: the state keeps them until it is
-- closed.
-- expect: memory limit
-- limits: time=10s
-- keeps memory: the context and its fields hold each other, across Lua and the host
local nj = require "nightjar"
while true do
  local y
  local f = nj.func {
    forward = function(ctx, x) ctx.me = ctx ctx.result = function() return y end ctx:save(x) return x * 1 end,
    backward = function(_, upstream) return upstream end,
  }
  y = f(nj.zeros(2 ^ 18):requires_grad_())
end
