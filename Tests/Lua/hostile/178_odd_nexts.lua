-- next with keys that are not there, and tables that change meanwhile.
-- expect: fine
assert(not pcall(next, {}, 1) and not pcall(next, { 1 }, "x") and not pcall(next, 1) and not pcall(next))
local t = {}
for i = 1, 100 do t[i], t["k" .. i] = i, i end
local count = 0
for key in pairs(t) do
  t[key] = nil
  count = count + 1
end
assert(count == 200 and next(t) == nil)
for key in next, { 1, 2, 3 } do collectgarbage() assert(key) end
