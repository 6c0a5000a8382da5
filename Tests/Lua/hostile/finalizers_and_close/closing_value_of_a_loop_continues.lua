-- The closing value of a loop continues after the limit, inside a coroutine inside pcall.
-- expect: time limit
-- limits: time=200ms
local stay = setmetatable({}, { __close = function() while true do pcall(error) end end })
pcall(coroutine.wrap(function()
  for _ in function() return true end, nil, nil, stay do end
end))
while true do end
