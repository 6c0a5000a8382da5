-- Declarations whose functions hold what was declared, a hundred kilobytes each, for ever.
-- expect: T
-- limits: time=500ms
local nj = require "nightjar"
local n = 0
while true do
  n = n + 1
  local text, Holder = ("x"):rep(1e5) .. n, nil
  Holder = nj.nn.module { forward = function() return Holder, text end }
end
