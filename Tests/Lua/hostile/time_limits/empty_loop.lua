-- An endless loop.
-- expect: time limit
-- limits: time=200ms
while true do end
