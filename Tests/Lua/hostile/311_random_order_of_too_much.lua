-- A random order of more numbers than the machine holds.
-- expect: M or E
local nj = require "nightjar"
return nj.randperm(2 ^ 40)
