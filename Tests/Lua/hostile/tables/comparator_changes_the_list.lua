-- A comparator that empties, grows and sorts the list that is being sorted.
-- expect: error or completes
local list = {}
for i = 1, 500 do list[i] = i * 7919 % 500 end
local calls = 0
table.sort(list, function(a, b)
  calls = calls + 1
  if calls % 50 == 0 then list[#list] = nil end
  if calls % 70 == 0 then list[#list + 1] = calls end
  if calls == 100 then table.sort(list) end
  return (a or 0) < (b or 0)
end)
