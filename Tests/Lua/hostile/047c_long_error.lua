-- A message of twenty megabytes.
-- expect: E
error(("x"):rep(20 << 20))
