-- All bytes of a long string as results.
-- expect: error
-- message: too long
return ("x"):rep(2e6):byte(1, -1)
