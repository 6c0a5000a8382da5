-- string.unpack of more values than the stack holds.
-- expect: error
-- message: too many results
return string.unpack(("b"):rep(2e6), ("x"):rep(2e6))
