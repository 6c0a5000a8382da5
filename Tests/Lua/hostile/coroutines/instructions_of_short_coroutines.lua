-- Many short coroutines: a count that restarts in each would never reach the budget.
-- expect: instruction limit
-- message: instructions
-- limits: instructions=1e6 time=5s
while true do
  coroutine.wrap(function() for _ = 1, 900 do end end)()
end
