-- Keys that are objects are walked in an order that does not depend on where they lie in memory.
-- expect: fine
local keys, order = {}, {}
for i = 1, 100 do
  keys[{}] = i
  keys[function() return i end] = i
end
for _, place in pairs(keys) do order[#order + 1] = place end
return table.concat(order, " ")
