-- One number seen thirty million times, as a table.
-- expect: E
-- says: slice
-- limits: time=10s
return require("nightjar").zeros(1):expand(3e7 | 0):totable()
