-- A string larger than any machine's memory.
-- expect: error or memory limit
return ("x"):rep(2 ^ 53)
