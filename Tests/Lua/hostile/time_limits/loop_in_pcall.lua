-- An endless loop that catches the limit's error and starts again.
-- expect: time limit
-- limits: time=200ms
while true do
  pcall(function() while true do end end)
end
