-- A loop whose iterator is a C function that never gives nil.
-- expect: T
-- limits: time=200ms
for _ in rawequal, 1, 1 do end
