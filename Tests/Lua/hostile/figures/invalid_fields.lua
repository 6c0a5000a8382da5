-- Invalid values for every field of every plot.
-- expect: completes
-- limits: time=10s
local nj = require "nightjar"
local fields = { "x", "y", "low", "high", "runs", "value", "series", "rows", "group", "bins", "title",
  "x_range", "y_ticks", "legend" }
for _, value in ipairs { 0 / 0, 1 / 0, -1, 0, "10", true, {}, print, nj, nj.zeros(3), { {} }, { 1, "x" },
  { 0 / 0 }, { -1e308, 1e308 }, { { 1 }, { 1, 2 } }, { a = 1 }, math.maxinteger } do
  for name, plot in pairs(nj.plot) do
    for _, field in ipairs(fields) do
      local ok, figure = pcall(plot, { y = { 1, 2, 3 }, x = { 1, 2, 3 }, [field] = value })
      assert(ok or type(figure) == "string", name)
      if ok then assert(#tostring(figure) > 0) end
    end
  end
end
