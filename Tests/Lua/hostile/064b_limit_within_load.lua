-- The limit strikes while load waits for its reader.
-- expect: T
-- limits: time=200ms
while true do
  load(function() while true do end end)
end
