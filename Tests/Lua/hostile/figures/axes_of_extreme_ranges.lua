-- Axes from the smallest number to the largest.
-- expect: completes
local nj = require "nightjar"
for _, range in ipairs { { -1e308, 1e308 }, { -1.7976931348623157e308, 1.7976931348623157e308 },
  { 0, 5e-324 }, { 1, 1 + 2 ^ -52 }, { 1e15, 1e15 + 0.5 } } do
  for _, kind in ipairs { "lines", "scatter", "bars" } do
    local ok, figure = pcall(nj.plot[kind], { x = { 1, 2 }, y = { 1, 2 }, x_range = range, y_range = range })
    assert(not ok or #figure:text() > 0)
  end
end
for _, range in ipairs { { 1, 0 }, { 1, 1 }, { 0 / 0, 1 }, { 0, 1 / 0 }, { 1 }, { 1, 2, 3 }, {} } do
  assert(not pcall(nj.plot.lines, { y = { 1, 2 }, y_range = range }))
end
