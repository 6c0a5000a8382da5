-- What a call from Lua to the cheapest native operation takes, without the loop around it.
local nj = require "nightjar"

local x, count = nj.zeros { 3, 4 }, 3000000
local best = math.huge
for _ = 1, 5 do
  local start = nj.time()
  for _ = 1, count do end
  local empty = nj.time() - start
  start = nj.time()
  for _ = 1, count do x:size(1) end
  best = math.min(best, (nj.time() - start - empty) / count)
end
print(best * 1e9)
