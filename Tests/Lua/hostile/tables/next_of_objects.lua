-- Keys that only their addresses could order: next and pairs refuse them alike, weak tables too.
-- expect: completes
local function refuses(...)
  local t = {}
  for _, key in ipairs { ... } do t[key] = true end
  assert(not pcall(next, t) and not pcall(pairs, t))
  setmetatable(t, { __mode = "k" })
  assert(not pcall(next, t))
end
refuses({}, {})
refuses(coroutine.create(print), coroutine.create(print))
refuses(print, error)
local functions = {}
for i = 1, 2 do functions[i] = function() return i end end
refuses(table.unpack(functions))
assert(next { [{}] = 1 })
