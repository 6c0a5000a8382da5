-- A dimension more in each step: lengths and strides are not in the budget.
-- expect: error
-- message: dimensions
local nj = require "nightjar"
local x = nj.zeros { 1 }
for _ = 1, 30000 do x = x:unsqueeze(1) end
