-- A shape whose __len and __index return other values: shapes are read without metamethods.
-- expect: completes
local nj = require "nightjar"
local lying = setmetatable({ 2, 3 },
  { __len = function() return 2 ^ 40 end, __index = function() return 2 ^ 30 end })
assert(nj.zeros(lying):numel() == 6)
assert(nj.zeros(6):reshape(lying):size(2) == 3)
assert(nj.tensor(lying):numel() == 2)
