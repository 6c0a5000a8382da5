-- A reader that supplies megabytes of a comment, which needs no memory.
-- expect: time limit
-- limits: time=300ms
local piece = ("-"):rep(1e6)
load(function() return piece end)
