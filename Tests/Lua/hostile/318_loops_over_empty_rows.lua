-- Softmax and sums along rows without elements: half a million million steps for nothing.
-- expect: fine or T or E
-- limits: time=300ms
local x = require("nightjar").zeros(2 ^ 39, 0)
assert(x:softmax(2):numel() == 0 and x:log_softmax(2):numel() == 0)
assert(x:cumsum(2):numel() == 0 and x:cumsum(1):numel() == 0)
