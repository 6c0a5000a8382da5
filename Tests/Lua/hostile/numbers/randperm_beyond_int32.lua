-- A random permutation of more numbers than the machine can hold.
-- expect: memory limit or error
local nj = require "nightjar"
return nj.randperm(2 ^ 40)
