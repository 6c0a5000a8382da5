-- Indices out of range for gather, scatter_add and index_select.
-- expect: completes
local nj = require "nightjar"
local x = nj.ones(3, 3)
for _, i in ipairs { 0, 4, -1, -2147483648, 2147483647 } do
  local index = nj.full({ 3, 3 }, i, { dtype = "int32" })
  assert(not pcall(x.gather, x, 1, index) and not pcall(x.scatter_add, x, 2, index, x))
  assert(not pcall(x.index_select, x, 1, index[1]) and not pcall(nj.nn.Embedding(3, 2), index))
end
assert(not pcall(x.gather, x, 1, nj.ones({ 4, 4 }, { dtype = "int32" }))
  and not pcall(x.index_select, x, 1, x[1]))
assert(x:index_select(1, nj.ones({ 0 }, { dtype = "int32" })):numel() == 0)
