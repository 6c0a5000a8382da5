-- table.unpack of more than the stack holds, not caught.
-- expect: E
-- says: too many results
return table.unpack({}, 1, 1e7)
