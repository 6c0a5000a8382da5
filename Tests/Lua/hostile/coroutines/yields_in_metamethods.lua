-- Metamethods that yield, for every operator: Lua allows it and has to continue correctly afterwards.
-- expect: completes
local yield = coroutine.yield
local t = setmetatable({}, {
  __index = yield, __lt = yield, __le = yield, __eq = yield, __concat = yield, __add = yield, __unm = yield,
  __len = yield, __call = yield, __newindex = yield, __close = yield,
})
local co = coroutine.wrap(function()
  local _ <close> = t
  t.y = 1
  return { t.x, t < t, t <= t, t == setmetatable({}, getmetatable(t)), t .. t, t + t, -t, #t, t() }
end)
local steps = 0
repeat steps = steps + 1 until not rawequal(co(7), t)
assert(steps == 12, "eleven operators yield their operand, then the result comes")
