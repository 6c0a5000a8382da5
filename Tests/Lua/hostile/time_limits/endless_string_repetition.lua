-- An endless loop that makes long strings and drops them.
-- expect: time limit
-- limits: time=200ms
while true do local _ = ("x"):rep(1e7) end
