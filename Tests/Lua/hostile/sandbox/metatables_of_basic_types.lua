-- Metatables for all numbers, all functions, nil, all coroutines.
-- expect: completes
for _, value in ipairs { 1, true, print, coroutine.create(print) } do
  assert(getmetatable(value) == nil and not pcall(setmetatable, value, {}))
end
assert(getmetatable(nil) == nil and not pcall(setmetatable, nil, {}))
