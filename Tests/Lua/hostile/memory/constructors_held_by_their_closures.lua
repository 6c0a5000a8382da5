-- Endless declarations whose functions hold what was declared, 100 kB each: the state keeps them until it is
-- closed.
-- expect: memory limit
-- message: lua-memory
-- limits: time=30s
-- keeps memory: the constructor and its functions hold each other, across Lua and the host
local nj = require "nightjar"
local n = 0
while true do
  n = n + 1
  local text, Holder = ("x"):rep(1e5) .. n, nil
  Holder = nj.nn.module { forward = function() return Holder, text end }
end
