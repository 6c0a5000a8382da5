-- The limit ends a coroutine; its caller continues as if nothing had happened.
-- expect: time limit
-- limits: time=200ms
while true do
  local co = coroutine.create(function() while true do end end)
  local ok = coroutine.resume(co)
  coroutine.close(co)
  if not ok then collectgarbage("count") end
end
