-- Rows without elements in reverse: a list of indices larger than the memory.
-- expect: completes or memory limit or error
local x = require("nightjar").zeros(2 ^ 39, 0)
assert(x:flip(1):size(1) == 2 ^ 39)
