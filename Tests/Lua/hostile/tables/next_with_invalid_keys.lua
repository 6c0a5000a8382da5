-- next with keys that do not exist, and tables that change meanwhile.
-- expect: completes
assert(not pcall(next, 1) and not pcall(next) and not pcall(next, {}, {}) or next({}, {}) == nil)
for _, key in ipairs { 1, "x", 0.5, true, print } do
  local ok, found = pcall(next, { 7 }, key)
  assert(not ok or found == nil)
end
local t = {}
for i = 1, 100 do t[i], t["k" .. i] = i, i end
local count = 0
for key in pairs(t) do
  t[key] = nil
  count = count + 1
end
assert(count == 200 and next(t) == nil)
for key in next, { 1, 2, 3 } do collectgarbage() assert(key) end
