-- Every operator of an object loops; the first one is enough.
-- expect: time limit
-- limits: time=200ms
local function loop() while true do end end
local t = setmetatable({}, { __concat = loop, __len = loop, __eq = loop, __lt = loop, __unm = loop })
while true do
  pcall(function() return t .. "x" end)
  pcall(function() return #t, -t, t == {}, t < t end)
end
