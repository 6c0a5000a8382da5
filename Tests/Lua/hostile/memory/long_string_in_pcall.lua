-- Memory runs out inside pcall, again and again.
-- expect: memory limit
-- limits: time=10s
while true do
  pcall(function() return ("x"):rep(1e9) end)
end
