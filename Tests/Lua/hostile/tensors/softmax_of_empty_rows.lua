-- Softmax and sums along half a million million rows without elements.
-- expect: completes or time limit or error
-- limits: time=300ms
local x = require("nightjar").zeros(2 ^ 39, 0)
assert(x:softmax(2):numel() == 0 and x:log_softmax(2):numel() == 0)
assert(x:cumsum(2):numel() == 0 and x:cumsum(1):numel() == 0)
