-- Keys whose only order is their memory address: no loop may depend on it.
-- expect: completes
local nj = require "nightjar"
for _, make in ipairs { function() return {} end, function() return coroutine.create(print) end } do
  local keys = { [make()] = 1, [make()] = 2 }
  assert(not pcall(function() for _ in pairs(keys) do end end))
  assert(not pcall(function() for _ in next, keys do end end))
end
local ages, order = {}, {}
for i = 1, 100 do ages[nj.zeros(1)] = i end
for _, age in pairs(ages) do order[#order + 1] = age end
for i = 1, 100 do assert(order[i] == i, "host objects are iterated in the order of their creation") end
