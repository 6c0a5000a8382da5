-- Many short coroutines, against the clock.
-- expect: T
-- limits: time=200ms
while true do
  coroutine.wrap(function() for _ = 1, 9 do end end)()
end
