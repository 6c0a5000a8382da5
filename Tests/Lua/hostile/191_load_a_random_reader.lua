-- load reads one endless number from math.random.
-- expect: T or M
-- limits: time=300ms
load(math.random)
