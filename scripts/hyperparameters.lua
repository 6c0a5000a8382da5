-- The study's hyperparameter check, a TCN's kernel and depth: nightjar run scripts/hyperparameters.lua [--set epochs=3]
-- Any other grid: --set kernels=3,5,9 --set depths=2,4. The study's own accuracies, on MSWC, are drawn beside.
local nj = require "nightjar"
local options = nj.run.options {
  epochs = { default = 11, min = 1 },
  kernels = { type = "integers", help = "with depths, in place of the study's pairs" },
  depths = { default = { 4 }, help = "for each of the kernels" },
  channels = { default = 32, min = 1, help = "the study's network has 256" },
}

-- The study's networks, with its accuracies (%) after epochs 1, 6 and 11.
local study = {
  { kernel = 8, layers = 4, [1] = 60.66, [6] = 79.67, [11] = 90.44 },
  { kernel = 10, layers = 4, [1] = 66.93, [6] = 87.99, [11] = 90.01 },
  { kernel = 12, layers = 4, [1] = 47.62, [6] = 88.31, [11] = 90.35 },
  { kernel = 3, layers = 6, [1] = 36.14, [6] = 77.28, [11] = 78.62 },
  { kernel = 4, layers = 6, [1] = 68.92, [6] = 85.95, [11] = 87.33 },
  { kernel = 5, layers = 6, [1] = 63.12, [6] = 85.69, [11] = 85.26 },
  { kernel = 2, layers = 8, [1] = 66.00, [6] = 78.20, [11] = 87.88 },
  { kernel = 4, layers = 8, [1] = 46.00, [6] = 87.00, [11] = 86.90 },
  { kernel = 6, layers = 8, [1] = 59.45, [6] = 85.17, [11] = 88.22 },
  { kernel = 8, layers = 8, [1] = 51.44, [6] = 86.71, [11] = 87.45 },
}

-- A row of the table for each network: the study's, or every pair of the given kernels and depths.
local rows = {}
if options.kernels then
  for _, kernel in ipairs(options.kernels) do
    for _, depth in ipairs(options.depths) do table.insert(rows, { kernel = kernel, layers = depth }) end
  end
else
  for i, network in ipairs(study) do
    rows[i] = { kernel = network.kernel, layers = network.layers, study = network[options.epochs] }
  end
end

local data = nj.data.words {}
local encoder = nj.plugin("encoder", "mfcc")

-- Trains the network of a row, and adds its accuracies to the row: after epochs 1 and 6 and the last one.
local function train(row)
  nj.seed(nj.run.seed)                              -- every network starts the same, whatever was trained before
  local sizes = { kernel = row.kernel, layers = row.layers, channels = options.channels }
  local model = nj.plugin("model", "tcn").build(sizes, data:task(encoder))
  nj.train {
    model = model,
    epochs = options.epochs,
    batches = data:batches { split = "train", size = 128, shuffle = true, encoder = encoder },
    optimizer = nj.optim.Adam(model:parameters(), { lr = 0.01, weight_decay = 1e-4 }),
    on_epoch = function(epoch)
      if epoch == 1 or epoch == 6 or epoch == options.epochs then
        row["epoch " .. epoch] = 100 * nj.accuracy(model, data:batches { split = "test", encoder = encoder })
      end
    end,
  }
end

for _, row in ipairs(rows) do train(row) end

local columns, last = { "kernel", "layers" }, "epoch " .. options.epochs
for _, column in ipairs { "epoch 1", "epoch 6", last, "study" } do
  if rows[1][column] and columns[#columns] ~= column then table.insert(columns, column) end
end
local panels = { nj.plot.heatmap { rows = rows, x = "kernel", y = "layers", value = last, title = data.source } }
if rows[1].study then
  panels[2] = nj.plot.heatmap { rows = rows, x = "kernel", y = "layers", value = "study", title = "The study: MSWC" }
end
panels.title = ("TCN of %d channels, accuracy (%%) after epoch %d"):format(options.channels, options.epochs)

nj.run.table("hyperparameters", rows, columns)
nj.run.figure("hyperparameters", nj.plot.panels(panels))
