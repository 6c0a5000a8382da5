-- A random order that fits into an int32, but not into the memory.
-- expect: M
return require("nightjar").randperm(2 ^ 30)
