-- A random permutation whose numbers fit into an int32, but not into the memory.
-- expect: memory limit
return require("nightjar").randperm(2 ^ 30)
