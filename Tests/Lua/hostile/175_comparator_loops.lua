-- A comparator that loops, caught, for ever.
-- expect: T
-- limits: time=200ms
while true do
  pcall(table.sort, { 3, 2, 1 }, function() while true do end end)
end
