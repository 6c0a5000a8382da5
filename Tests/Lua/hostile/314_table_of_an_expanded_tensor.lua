-- One number seen thirty million times, as a table.
-- expect: M
-- limits: time=10s
-- alone: until it neither hangs nor crashes
return require("nightjar").zeros(1):expand(3e7 | 0):totable()
