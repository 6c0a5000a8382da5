-- A string larger than the memory.
-- expect: M
return ("x"):rep(1e9)
