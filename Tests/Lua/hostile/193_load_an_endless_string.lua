-- A reader that gives megabytes of a string that does not end; load may report the memory as its result.
-- expect: M or T or fine
-- limits: time=5s
local piece = ("x"):rep(1e6)
local pieces = { "x = [==[" }
load(function() return table.remove(pieces) or piece end)
