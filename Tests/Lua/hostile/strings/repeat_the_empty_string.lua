-- The empty string, repeated more often than a loop could in years.
-- expect: completes or time limit
-- limits: time=200ms
assert(string.rep("", math.maxinteger) == "")
