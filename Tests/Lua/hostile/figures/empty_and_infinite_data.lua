-- Figures of NaN, infinities, no data, and numbers at the ends of the range.
-- expect: completes
local nj = require "nightjar"
local plot, kinds = nj.plot, { "lines", "scatter", "bars", "histogram", "bands", "heatmap" }
for _, list in ipairs { {}, { 0 / 0 }, { 1 / 0, -1 / 0 }, { 1e308, -1e308 }, { 5e-324, -5e-324 }, { 1e308 },
  { 0, 1e308 }, { math.maxinteger, math.mininteger }, { 1, 0 / 0, 1 / 0, 2 }, nj.zeros(0),
  nj.full({ 3 }, 0 / 0) } do
  for _, kind in ipairs(kinds) do
    for _, data in ipairs { { y = list }, { x = list, y = list }, { x = list, y = { 1, 2 } }, { x = list },
      { value = { list } }, { runs = { list, list } }, { y = list, low = list, high = list },
      { y = { 1, 2 }, x_ticks = list, y_ticks = list } } do
      local ok, figure = pcall(plot[kind], data)
      if ok then assert(#figure:text() > 0 and #figure:text(1000) > 0) end
    end
  end
end
