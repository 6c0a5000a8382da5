-- Everything that could differ between two runs with one seed (compared: HostileWorldTests).
-- expect: completes
local nj = require "nightjar"
local parts = { math.random(), math.random(1 << 40), tostring({}), tostring(print), nj.randn(3):totable()[1] }
local names = {}
for i = 1, 200 do names["name" .. i * 7919] = i end
for _, iterate in ipairs { pairs, function(t) return next, t end } do
  for name in iterate(names) do parts[#parts + 1] = name end
end
for name in pairs(nj) do parts[#parts + 1] = name end
for i = 1, #parts do parts[i] = tostring(parts[i]) end
return table.concat(parts, " ")
