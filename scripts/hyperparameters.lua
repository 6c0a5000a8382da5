-- A one-off study: accuracy against kernel and depth. nightjar run scripts/hyperparameters.lua --set epochs=3
local nj = require "nightjar"
local options = nj.run.options { epochs = { default = 11 }, kernels = { default = { 4, 8, 12 } }, depths = { default = { 4, 6, 8 } } }

local data = nj.data.words {}                  -- the default data set, made if it is not there
local encoder = nj.plugin("encoder", "mfcc")
local watched = { [1] = true, [6] = true, [options.epochs] = true }
local rows = {}

for _, kernel in ipairs(options.kernels) do
  for _, depth in ipairs(options.depths) do
    local model = nj.plugin("model", "tcn").build({ kernel = kernel, layers = depth }, data:task(encoder))
    local row = { kernel = kernel, layers = depth }
    nj.train {
      model = model, epochs = options.epochs,
      batches = data:batches { split = "train", size = 128, shuffle = true, encoder = encoder },
      optimizer = nj.optim.Adam(model:parameters(), { lr = 0.01, weight_decay = 1e-4 }),
      loss = nj.loss.cross_entropy,
      on_epoch = function(epoch)
        if watched[epoch] then row["epoch " .. epoch] = nj.accuracy(model, data:batches { split = "test", encoder = encoder }) end
      end,
    }
    rows[#rows + 1] = row
  end
end

nj.run.table("hyperparameters", rows)
nj.run.figure("hyperparameters", nj.plot.heatmap { rows = rows, x = "kernel", y = "layers", value = "epoch " .. options.epochs })
