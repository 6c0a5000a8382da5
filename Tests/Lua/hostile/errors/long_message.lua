-- A message of twenty megabytes.
-- expect: error
error(("x"):rep(20 << 20))
