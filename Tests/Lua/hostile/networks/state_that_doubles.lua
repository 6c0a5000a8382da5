-- The state of a model with a million million tensors, which are one.
-- expect: error or time limit
local nj = require "nightjar"
local t = { nj.zeros(1), nj.zeros(1) }
for _ = 1, 40 do t = { t, t } end
nj.nn.ReLU():load_state(t)
