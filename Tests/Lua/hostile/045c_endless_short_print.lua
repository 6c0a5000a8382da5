-- Short lines, for ever, with every error caught.
-- expect: O
-- limits: time=20s
while true do pcall(print, "x") end
