-- Garbage is collected where no stack is left to call a finalizer: what it would have released is released anyway,
-- and is not used again.
-- expect: completes
local nj = require "nightjar"
local function deep(n)
  for _ = 1, 30 do nj.zeros { 4 } end
  collectgarbage()
  string.gsub("a", "a", function() deep(n + 1) end)
end
for i = 1, 3 do pcall(deep, i) end
for _ = 1, 2000 do nj.zeros { 4 } end
collectgarbage()
assert(nj.memory().live < 2 ^ 20, "native memory leaked")
local function rec(n) nj.zeros { 4 } if n % 997 == 0 then collectgarbage "step" end return 1 + rec(n + 1) end
for i = 1, 3 do pcall(rec, i) end
for _ = 1, 2000 do nj.zeros { 4 } end
collectgarbage()
assert(nj.memory().live < 2 ^ 20, "native memory leaked")
