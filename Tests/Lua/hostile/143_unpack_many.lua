-- string.unpack of more values than a stack holds.
-- expect: E
-- says: too many results
return string.unpack(("b"):rep(2e6), ("x"):rep(2e6))
