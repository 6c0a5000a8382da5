-- The context of an operation is used after its call, and has unusual fields.
-- expect: completes
local nj = require "nightjar"
local kept
local f = nj.func {
  forward = function(ctx, x)
    kept, ctx.me, ctx["a\0b"] = ctx, ctx, print
    ctx:save(x, x, x)
    return x * 1
  end,
  backward = function(ctx, upstream) kept = ctx return upstream end,
}
f(nj.ones(2):requires_grad_()):sum():backward()
collectgarbage()
assert(select("#", kept:saved()) == 3 and not pcall(kept.save, kept, 1)
  and not pcall(function() kept[1] = 1 end))
assert(kept.me and kept["a\0b"] == print)
