-- utf8 functions over ten megabytes, again and again.
-- expect: time limit
-- limits: time=200ms
local text = ("ä"):rep(5e6)
while true do utf8.len(text) utf8.offset(text, 5e6) end
