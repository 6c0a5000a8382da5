-- The limit is reached while load calls its reader.
-- expect: time limit
-- limits: time=200ms
while true do
  load(function() while true do end end)
end
