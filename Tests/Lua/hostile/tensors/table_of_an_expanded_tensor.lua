-- A table of one number expanded thirty million times.
-- expect: error
-- message: slice
-- limits: time=10s
return require("nightjar").zeros(1):expand(3e7 | 0):totable()
