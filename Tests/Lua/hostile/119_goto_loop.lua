-- A loop by goto.
-- expect: T
-- limits: time=200ms
::again::
goto again
