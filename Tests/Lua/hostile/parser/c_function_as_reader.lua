-- load reads one endless number from a C function; no instruction is executed.
-- expect: time limit or memory limit
-- limits: time=300ms
load(collectgarbage)
