-- An endless loop that creates coroutines and never starts them.
-- expect: time limit
-- limits: time=200ms
while true do coroutine.create(print) end
