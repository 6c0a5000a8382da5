-- table.sort with comparators that contradict themselves.
-- expect: completes
local list = {}
for _, compare in ipairs { function() return true end, function() return false end,
  function(a, b) return a ~= b end, function() return math.random() < 0.5 end,
  function(a, b) return a % 7 <= b % 7 end } do
  for i = 1, 1000 do list[i] = i * 7919 % 1000 end
  pcall(table.sort, list, compare)
  assert(#list == 1000)
end
assert(not pcall(table.sort, { 1, "x" }) and not pcall(table.sort, { {}, {} })
  and not pcall(table.sort, { 0 / 0, {} }))
