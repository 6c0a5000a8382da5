-- A loop made with goto.
-- expect: time limit
-- limits: time=200ms
::again::
goto again
