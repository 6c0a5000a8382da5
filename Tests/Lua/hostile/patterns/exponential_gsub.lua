-- An endless loop of gsub with an exponential pattern, all errors caught.
-- expect: time limit
-- limits: time=200ms
local text, pattern = ("a"):rep(30), ("a-"):rep(28) .. "b"
while true do pcall(string.gsub, text, pattern, "") end
