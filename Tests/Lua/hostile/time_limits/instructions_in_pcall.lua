-- The instruction budget runs out inside pcall, again and again.
-- expect: instruction limit
-- message: instructions
-- limits: instructions=1e6 time=5s
while true do pcall(function() for _ = 1, 1e4 do end end) end
