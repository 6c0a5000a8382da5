-- A reader that supplies megabytes of an unfinished string; load may report the memory limit as its result.
-- expect: memory limit or time limit or completes
-- limits: time=5s
local piece = ("x"):rep(1e6)
local pieces = { "x = [==[" }
load(function() return table.remove(pieces) or piece end)
