-- A string larger than any machine.
-- expect: E or M
return ("x"):rep(2 ^ 53)
