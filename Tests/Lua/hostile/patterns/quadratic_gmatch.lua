-- A lazy pattern that never matches, tried at every position of a long string.
-- expect: time limit
-- limits: time=200ms
for _ in ("x"):rep(3e5):gmatch(".-b") do end
