-- A loop that counts to infinity.
-- expect: time limit
-- limits: time=200ms
for _ = 1, math.huge do end
