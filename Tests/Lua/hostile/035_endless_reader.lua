-- A reader that gives load one statement after the other, for ever.
-- expect: T or M
-- limits: time=300ms
load(function() return "x = 1 " end)
