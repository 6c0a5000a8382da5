-- A generic for with an empty body that never ends.
-- expect: time limit
-- limits: time=200ms
for _ in function() return 1 end do end
