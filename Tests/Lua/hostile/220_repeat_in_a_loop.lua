-- Long strings made and dropped, for ever.
-- expect: T
-- limits: time=200ms
while true do local _ = ("x"):rep(1e7) end
