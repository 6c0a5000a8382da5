-- load reads from a C function that never ends: digits of one endless number, and no instruction runs.
-- expect: T or M
-- limits: time=300ms
load(collectgarbage)
