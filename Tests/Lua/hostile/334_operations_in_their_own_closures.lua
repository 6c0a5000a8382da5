-- Operations whose functions hold the operation and a megabyte, for ever: memory stays flat.
-- expect: T
-- limits: time=500ms
local nj = require "nightjar"
while true do
  local x, f = nj.zeros(2 ^ 18), nil
  f = nj.func { forward = function() return f, x end, backward = function() end }
end
