-- The budget of instructions ends inside pcall, again and again.
-- expect: T
-- says: instructions
-- limits: instructions=1e6 time=5s
while true do pcall(function() for _ = 1, 1e4 do end end) end
