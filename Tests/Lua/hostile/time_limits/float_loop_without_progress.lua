-- A float loop whose step is too small to change its variable.
-- expect: time limit
-- limits: time=200ms
for _ = 2.0 ^ 53, 2.0 ^ 53 + 10, 0.5 do end
