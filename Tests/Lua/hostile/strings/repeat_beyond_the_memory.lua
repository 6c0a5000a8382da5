-- A string larger than the memory.
-- expect: memory limit
return ("x"):rep(1e9)
