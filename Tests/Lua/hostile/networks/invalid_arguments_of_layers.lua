-- Invalid values for every layer, and a tensor through every layer that could be made.
-- expect: completes or memory limit
-- limits: time=10s
local nj = require "nightjar"
local values = { 0 / 0, -1, 0, 1, 1.5, "10", true, {}, print, nj, math.mininteger, 2 ^ 31, 2 ^ 62,
  math.maxinteger }
for _, value in ipairs(values) do
  for name, layer in pairs(nj.nn) do
    for _, arguments in ipairs { { value }, { 1, value }, { 1, 1, value },
      { 1, { stride = value, padding = value } },
      { 1, 1, 1, { padding = value, dilation = value, stride = 1 } },
      { 1, { eps = value, momentum = value } } } do
      local ok, made = pcall(layer, table.unpack(arguments))
      assert(ok or type(made) == "string", name)
      if ok then pcall(made, nj.ones(1, 4, 1)) end
    end
  end
end
