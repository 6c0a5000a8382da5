-- A loop whose iterator is a C function that never returns nil.
-- expect: time limit
-- limits: time=200ms
for _ in rawequal, 1, 1 do end
