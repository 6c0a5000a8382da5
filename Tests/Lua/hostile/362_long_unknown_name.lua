-- A name of a megabyte that is asked for: the host looks for the nearest one it knows.
-- expect: fine
-- limits: time=2s
-- alone: until it neither hangs nor crashes
local nj = require "nightjar"
local name = ("x"):rep(1e6)
assert(not pcall(function() return nj[name] end) and not pcall(function() return nj.ones(1)[name] end))
assert(not pcall(nj.plot.lines, { [name] = 1 }) and not pcall(nj.nn.GELU, name)
  and not pcall(nj.plugin, "model", name))
