-- A reader that gives load one statement after the other without end.
-- expect: time limit or memory limit
-- limits: time=300ms
load(function() return "x = 1 " end)
