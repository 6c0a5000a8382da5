-- The same under a limit of instructions, whose hook fires all the time.
-- expect: instruction limit
-- limits: time=20s instructions=2e7 lua-memory=512MiB
local function overflow() overflow() end
for _ = 1, 3 do pcall(overflow) end
local function down(n)
  if n == 0 then while true do end end
  local result = down(n - 1)
  return result
end
down(150000)
