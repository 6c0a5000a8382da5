-- Many short coroutines, ended by the time limit.
-- expect: time limit
-- limits: time=200ms
while true do
  coroutine.wrap(function() for _ = 1, 9 do end end)()
end
