-- Figures that hold figures, kept.
-- expect: memory limit
-- limits: time=60s
local nj = require "nightjar"
local kept = {}
for i = 1, 1e9 do
  local value = nj.randn { 300, 300 }
  kept[i] = nj.plot.panels { nj.plot.heatmap { value = value }, nj.plot.heatmap { value = value } }
end
