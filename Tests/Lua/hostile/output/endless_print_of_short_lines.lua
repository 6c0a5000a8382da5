-- An endless loop that prints short lines, with every error caught.
-- expect: output limit
-- limits: time=20s
while true do pcall(print, "x") end
