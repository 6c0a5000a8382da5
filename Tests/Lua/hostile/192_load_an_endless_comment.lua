-- A reader that gives megabytes of a comment, which needs no memory.
-- expect: T
-- limits: time=300ms
local piece = ("-"):rep(1e6)
load(function() return piece end)
