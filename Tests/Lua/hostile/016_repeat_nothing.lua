-- The empty string, repeated for years.
-- expect: fine or T
-- limits: time=200ms
assert(string.rep("", math.maxinteger) == "")
