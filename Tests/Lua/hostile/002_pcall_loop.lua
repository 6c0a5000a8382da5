-- An endless loop that catches the limit's error, again and again.
-- expect: T
-- limits: time=200ms
while true do
  pcall(function() while true do end end)
end
