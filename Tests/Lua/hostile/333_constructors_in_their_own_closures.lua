-- Declarations whose functions hold what was declared, a hundred kilobytes each, for ever: the state keeps them until it ends.
-- expect: M
-- says: lua-memory
-- limits: time=30s
-- keeps: the constructor and its functions hold each other, across Lua and the host
local nj = require "nightjar"
local n = 0
while true do
  n = n + 1
  local text, Holder = ("x"):rep(1e5) .. n, nil
  Holder = nj.nn.module { forward = function() return Holder, text end }
end
