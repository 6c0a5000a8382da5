-- load reads one endless number from math.random.
-- expect: T or M
-- limits: time=300ms
-- alone: until it neither hangs nor crashes
load(math.random)
