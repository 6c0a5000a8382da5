-- Metatables that are their own metatables, with every event.
-- expect: completes
local m = {}
for _, event in ipairs { "__index", "__newindex", "__add", "__concat", "__len", "__eq", "__lt", "__close" } do
  m[event] = m
end
setmetatable(m, m)
for _, f in ipairs { function() return m.x end, function() m.x = 1 end, function() return m + 1 end,
  function() return m .. "" end, function() return m < {} end } do
  assert(not pcall(f))
end
