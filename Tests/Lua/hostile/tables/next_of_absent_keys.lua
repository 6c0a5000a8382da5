-- A key that is not there has no successor: `next` must not take it for one that was cleared.
-- expect: completes
for _, key in ipairs { "zz", 7, 2.5, true, {}, print } do
  assert(not pcall(next, { a = 1, 10, 20 }, key) and not pcall(next, {}, key))
end
local cleared = { 1, 2, 3, a = 1, b = 2 }
for key in next, cleared do cleared[key] = nil end
assert(next(cleared) == nil and not pcall(next, { [{}] = 1, [{}] = 2 }))
