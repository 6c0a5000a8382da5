-- What pairs returns for a host table gives no access to the table behind it.
-- expect: completes
local nj = require "nightjar"
local _, state = pairs(nj)
if type(state) == "table" then
  pcall(function() state.zeros = error end)
  pcall(rawset, state, "zeros", error)
end
assert(nj.zeros(2):sum():item() == 0)
local count = 0
for _ in pairs(nj) do count = count + 1 end
assert(count > 20)
