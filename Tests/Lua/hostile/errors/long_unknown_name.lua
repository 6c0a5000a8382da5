-- An unknown name of a megabyte is looked up: the host searches for the most similar known one.
-- expect: completes
-- limits: time=2s
-- own process: a regression would hang or crash the process
local nj = require "nightjar"
local name = ("x"):rep(1e6)
assert(not pcall(function() return nj[name] end) and not pcall(function() return nj.ones(1)[name] end))
assert(not pcall(nj.plot.lines, { [name] = 1 }) and not pcall(nj.nn.GELU, name)
  and not pcall(nj.plugin, "model", name))
