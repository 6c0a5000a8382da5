-- %b and %f over a long string, tried at every position.
-- expect: time limit
-- limits: time=200ms
return ("("):rep(3e5):find("%b()%f[x]x")
