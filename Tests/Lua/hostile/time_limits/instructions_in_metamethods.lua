-- The instruction budget is used up by metamethods, comparators and callbacks.
-- expect: instruction limit
-- message: instructions
-- limits: instructions=1e6 time=5s
local t = setmetatable({}, { __add = function(a) for _ = 1, 100 do end return a end })
while true do
  t = t + 1
  table.sort({ 3, 2, 1 }, function(a, b) for _ = 1, 100 do end return a < b end)
  local _ = ("abc"):gsub(".", function() for _ = 1, 100 do end end)
end
