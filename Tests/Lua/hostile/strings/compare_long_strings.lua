-- Two strings of ten megabytes that differ in their last letter, compared again and again.
-- expect: time limit
-- limits: time=200ms
local a, b = ("x"):rep(1e7) .. "a", ("x"):rep(1e7) .. "b"
while true do local _ = a < b end
