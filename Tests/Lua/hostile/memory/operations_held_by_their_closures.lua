-- Endless operations whose functions hold the operation and a megabyte: the state keeps them until it is closed.
-- expect: memory limit
-- limits: time=10s
-- keeps memory: the operation and its function hold each other, across Lua and the host
local nj = require "nightjar"
while true do
  local x, f = nj.zeros(2 ^ 18), nil
  f = nj.func { forward = function() return f, x end, backward = function() end }
end
