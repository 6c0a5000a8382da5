-- A comparator that loops, caught, again and again.
-- expect: time limit
-- limits: time=200ms
while true do
  pcall(table.sort, { 3, 2, 1 }, function() while true do end end)
end
