-- load reads one endless number from math.random.
-- expect: time limit or memory limit
-- limits: time=300ms
-- own process: a regression would hang or crash the process
load(math.random)
