-- A lazy pattern that never matches, from every place of a long string.
-- expect: T
-- limits: time=200ms
for _ in ("x"):rep(3e5):gmatch(".-b") do end
