-- Two equal strings of ten megabytes, compared letter by letter.
-- expect: T
-- limits: time=200ms
local a, b = ("x"):rep(1e7) .. "a", ("x"):rep(1e7) .. "b"
while true do local _ = a < b end
