-- The study's hyperparameter check, a TCN's kernel and depth: nightjar run scripts/hyperparameters.lua [--set epochs=3]
-- Any other grid: --set kernels=3,5,9 --set depths=2,4. The study's own accuracies, on MSWC, are drawn beside.
local nj = require "nightjar"
local options = nj.run.options {
  epochs = { default = 11, min = 1 },
  kernels = { type = "integers", help = "with depths, in place of the study's pairs" },
  depths = { default = { 4 }, help = "for each of the kernels" },
  channels = { default = 32, min = 1, help = "the study's network has 256" },
}

-- Kernel, layers, and the accuracy in the study after epochs 1, 6 and 11.
local study = {
  { 8, 4, 60.66, 79.67, 90.44 }, { 10, 4, 66.93, 87.99, 90.01 }, { 12, 4, 47.62, 88.31, 90.35 },
  { 3, 6, 36.14, 77.28, 78.62 }, { 4, 6, 68.92, 85.95, 87.33 }, { 5, 6, 63.12, 85.69, 85.26 },
  { 2, 8, 66.00, 78.20, 87.88 }, { 4, 8, 46.00, 87.00, 86.90 }, { 6, 8, 59.45, 85.17, 88.22 },
  { 8, 8, 51.44, 86.71, 87.45 },
}
local column_of_epoch = { [1] = 3, [6] = 4, [11] = 5 }

-- A row of the table for each network: kernel, layers and accuracies.
local rows = {}
if options.kernels then
  for _, kernel in ipairs(options.kernels) do
    for _, depth in ipairs(options.depths) do table.insert(rows, { kernel = kernel, layers = depth }) end
  end
else
  for i, known in ipairs(study) do
    rows[i] = { kernel = known[1], layers = known[2], study = known[column_of_epoch[options.epochs]] }
  end
end

local data = nj.data.words {}
local encoder = nj.plugin("encoder", "mfcc")
for _, row in ipairs(rows) do
  nj.seed(nj.run.seed)                              -- every network starts the same, whatever was trained before
  local sizes = { kernel = row.kernel, layers = row.layers, channels = options.channels }
  local model = nj.plugin("model", "tcn").build(sizes, data:task(encoder))
  nj.train {
    model = model,
    epochs = options.epochs,
    batches = data:batches { split = "train", size = 128, shuffle = true, encoder = encoder },
    optimizer = nj.optim.Adam(model:parameters(), { lr = 0.01, weight_decay = 1e-4 }),
    on_epoch = function(epoch)
      if epoch ~= 1 and epoch ~= 6 and epoch ~= options.epochs then return end
      row["epoch " .. epoch] = 100 * nj.accuracy(model, data:batches { split = "test", encoder = encoder })
    end,
  }
end

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
