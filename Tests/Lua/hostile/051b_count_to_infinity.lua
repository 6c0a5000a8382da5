-- A loop that counts to infinity.
-- expect: T
-- limits: time=200ms
for _ = 1, math.huge do end
