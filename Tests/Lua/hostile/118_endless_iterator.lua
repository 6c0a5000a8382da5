-- A generic for that never ends, with nothing in it.
-- expect: T
-- limits: time=200ms
for _ in function() return 1 end do end
