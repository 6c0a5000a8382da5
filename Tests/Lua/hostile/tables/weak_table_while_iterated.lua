-- Weak tables that lose their entries while they are iterated.
-- expect: completes
local weak = setmetatable({}, { __mode = "kv" })
for i = 1, 1000 do weak[i], weak["key" .. i] = {}, {} end
for key in pairs(weak) do
  collectgarbage()
  weak[key] = nil
  if next(weak) == nil then break end
end
setmetatable(weak, { __mode = 7 })
setmetatable(weak, { __mode = ("k"):rep(1e6) })
collectgarbage()
