-- Coroutines that are never started, made and dropped for ever.
-- expect: T
-- limits: time=200ms
while true do coroutine.create(print) end
