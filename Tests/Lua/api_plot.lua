-- A small study: options, rows, a table and figures of the rows. It runs with any --set epochs=N.
local nj = require "nightjar"
local options = nj.run.options {
  epochs = { default = 11, min = 1 }, kernels = { default = { 4, 8, 12 } }, depths = { default = { 4, 6, 8 } },
}

local rows = {}
for step, kernel in ipairs(options.kernels) do
  for _, depth in ipairs(options.depths) do
    local row = { kernel = kernel, layers = depth }
    for _, epoch in ipairs { 1, 6, options.epochs } do row["epoch " .. epoch] = 1 - 1 / (kernel * depth * epoch) end
    rows[#rows + 1] = row
    nj.run.log("accuracy", row["epoch " .. options.epochs], step)
  end
end

local value = "epoch " .. options.epochs
nj.run.table("hyperparameters", rows)
nj.run.table("chosen", rows, { "layers", value })
nj.run.figure("hyperparameters", nj.plot.heatmap { rows = rows, x = "kernel", y = "layers", value = value })

local lines = nj.plot.lines { rows = rows, x = "kernel", y = value, group = "layers", title = "By depth" }
local bands = nj.plot.bands { series = { { name = "runs", runs = nj.rand(20, 5) } }, y_label = "accuracy" }
local bars = nj.plot.bars { x = { "base", "new" }, series = { ridge = { 0.9, 0.5 }, frozen = { 0.9, 0 } } }
local points = nj.plot.scatter { x = nj.randn(50), y = nj.randn(50) }
local counts = nj.plot.histogram { x = nj.randn(500), bins = 12 }
nj.run.figure("all", nj.plot.panels { lines, bands, bars, points, counts, title = "Everything" })
