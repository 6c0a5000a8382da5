-- Weak tables in a long chain: the collector itself takes quadratic time and executes no instruction meanwhile.
-- expect: time limit
-- limits: time=300ms
-- own process: nothing of the script runs inside the collector, so only the end of the process reaches it
local n, keys, tables = 1e5, {}, {}
for i = 1, n + 1 do keys[i] = {} end
for i = 1, n do
  local j = i * 7919 % n + 1
  tables[i] = setmetatable({ [keys[j]] = keys[j + 1] }, { __mode = "k" })
end
local first = keys[1]
keys = nil
while first do collectgarbage() end
