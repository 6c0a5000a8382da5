-- gsub with a pattern that tries all ways, caught for ever.
-- expect: T
-- limits: time=200ms
local text, pattern = ("a"):rep(30), ("a-"):rep(28) .. "b"
while true do pcall(string.gsub, text, pattern, "") end
