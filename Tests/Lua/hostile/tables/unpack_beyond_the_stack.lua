-- table.unpack of more than the stack holds, not caught.
-- expect: error
-- message: too many results
return table.unpack({}, 1, 1e7)
