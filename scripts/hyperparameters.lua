-- The study's hyperparameter check: a TCN's kernel and depth. nightjar run scripts/hyperparameters.lua [--set epochs=3]
-- Any other grid: --set kernels=3,5,9 --set depths=2,4. The study's own figures, on MSWC, are drawn beside.
local nj = require "nightjar"
local options = nj.run.options {
  epochs = { default = 11, min = 1 },
  kernels = { default = { 0 }, help = "0: the study's pairs" },
  depths = { default = { 0 } },
  channels = { default = 32, min = 1, help = "the study's network has 256" },
}

-- Kernel, layers, and the accuracy the study had after epochs 1, 6 and 11.
local study = {
  { 8, 4, 60.66, 79.67, 90.44 }, { 10, 4, 66.93, 87.99, 90.01 }, { 12, 4, 47.62, 88.31, 90.35 },
  { 3, 6, 36.14, 77.28, 78.62 }, { 4, 6, 68.92, 85.95, 87.33 }, { 5, 6, 63.12, 85.69, 85.26 },
  { 2, 8, 66.00, 78.20, 87.88 }, { 4, 8, 46.00, 87.00, 86.90 }, { 6, 8, 59.45, 85.17, 88.22 },
  { 8, 8, 51.44, 86.71, 87.45 },
}
local published, pairs_asked = {}, {}
for _, row in ipairs(study) do published[row[1] .. "," .. row[2]] = { [1] = row[3], [6] = row[4], [11] = row[5] } end
if options.kernels[1] == 0 then
  pairs_asked = study
else
  for _, kernel in ipairs(options.kernels) do
    for _, depth in ipairs(options.depths) do pairs_asked[#pairs_asked + 1] = { kernel, depth } end
  end
end

local data, encoder, rows, last = nj.data.words {}, nj.plugin("encoder", "mfcc"), {}, "epoch " .. options.epochs
for _, pair in ipairs(pairs_asked) do
  local kernel, depth = pair[1], pair[2]
  nj.seed(nj.run.seed)                              -- each network starts alike, whatever was trained before it
  local model = nj.plugin("model", "tcn").build(
    { kernel = kernel, layers = depth, channels = options.channels }, data:task(encoder))
  local row, theirs = { kernel = kernel, layers = depth }, published[kernel .. "," .. depth] or {}
  row.study = theirs[options.epochs]
  nj.train {
    model = model, epochs = options.epochs,
    batches = data:batches { split = "train", size = 128, shuffle = true, encoder = encoder },
    optimizer = nj.optim.Adam(model:parameters(), { lr = 0.01, weight_decay = 1e-4 }),
    loss = nj.loss.cross_entropy,
    on_epoch = function(epoch)
      if epoch ~= 1 and epoch ~= 6 and epoch ~= options.epochs then return end
      row["epoch " .. epoch] = 100 * nj.accuracy(model, data:batches { split = "test", encoder = encoder })
    end,
  }
  rows[#rows + 1] = row
end

local columns, with_study = { "kernel", "layers", "epoch 1" }, {}
if options.epochs > 6 then columns[#columns + 1] = "epoch 6" end
if options.epochs > 1 then columns[#columns + 1] = last end
for _, row in ipairs(rows) do if row.study then with_study[#with_study + 1] = row end end
if #with_study > 0 then columns[#columns + 1] = "study" end
nj.run.table("hyperparameters", rows, columns)

local panels = {
  nj.plot.heatmap { rows = rows, x = "kernel", y = "layers", value = last, title = "Here: " .. data.source },
}
if #with_study > 0 then
  panels[2] = nj.plot.heatmap {
    rows = with_study, x = "kernel", y = "layers", value = "study", title = "The study: MSWC",
  }
end
nj.run.figure("hyperparameters", nj.plot.panels {
  title = ("TCN of %d channels, accuracy (%%) after epoch %d"):format(options.channels, options.epochs),
  table.unpack(panels),
})
