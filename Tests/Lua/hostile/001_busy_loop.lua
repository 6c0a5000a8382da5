-- An endless loop.
-- expect: T
-- limits: time=200ms
while true do end
