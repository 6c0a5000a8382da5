-- %b and %f over a long string, from every place.
-- expect: T
-- limits: time=200ms
return ("("):rep(3e5):find("%b()%f[x]x")
