-- Host objects compared by a sort whose comparator releases them.
-- expect: completes
local nj = require "nightjar"
local list = {}
for i = 1, 50 do list[i] = nj.full({ 1 }, i * 37 % 50) end
local ok = pcall(table.sort, list, function(a, b)
  local less = a[1] < b[1]
  if a[1] == 25 then a:release() end
  return less
end)
assert(not ok)
assert(not pcall(table.sort, { nj.ones(1), nj.ones(1) }), "tensors have no order")
