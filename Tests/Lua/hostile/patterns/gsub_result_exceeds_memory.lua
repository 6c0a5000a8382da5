-- Every letter of a long string replaced by a long string.
-- expect: memory limit
-- limits: time=10s
return ("x"):rep(1e6):gsub("x", ("y"):rep(1e6))
