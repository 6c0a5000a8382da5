-- A random order that fits into an int32, but not into the memory.
-- expect: M
-- alone: until it neither hangs nor crashes
return require("nightjar").randperm(2 ^ 30)
