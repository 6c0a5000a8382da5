-- What the recipes share: the options of training, and the loop.
local nj = require "nightjar"
local clip = require "training.clipping"

local training = {}

-- Epochs and batch size by the size of the data set; those of "paper" are NeuroBench's.
local defaults = {
  quick = { epochs = 12, batch = 128 },
  standard = { epochs = 20, batch = 128 },
  paper = { epochs = 50, batch = 256 },
}

-- The options of the loop with those of a recipe, which may replace one of them, or leave it out by false.
function training.options(own)
  local options = {
    epochs = { type = "integer", min = 1, help = "by default 12, 20 or 50, by the size of the data set" },
    batch = { type = "integer", min = 1, help = "by default 128, or 256 at paper size" },
    lr = { default = 0.01, min = 0 },
    weight_decay = { default = 1e-4, min = 0 },
    drop_at = { default = 0.4, min = 0.01, max = 1, help = "fraction of the epochs after which the rate drops" },
    drop_to = { default = 0.1, min = 0, max = 1, help = "the factor by which it drops" },
    masks = { default = 0, min = 0, help = "SpecAugment's, over time and over channels (arXiv 1904.08779)" },
    clip = { type = "number", min = 1e-6, help = "largest norm of gradients relative to weights (arXiv 2102.06171)" },
    mix_up = { type = "number", min = 1e-3, max = 10, help = "mix-up's alpha (arXiv 1710.09412)" },
  }
  for name, option in pairs(own) do options[name] = option or nil end
  return options
end

-- Trains a network on the base words; step(net, batch) returns the loss.
function training.run(recipe, net, data, context, step)
  local options, default = recipe.options, defaults[data.size]
  local epochs = options.epochs or default.epochs
  local batch = options.batch or default.batch
  context.report { epochs = epochs, batch = batch }
  local drop_after = math.max(1, math.floor(options.drop_at * epochs + 0.5))
  local optimizer = nj.optim.Adam(net:parameters(), { lr = options.lr, weight_decay = options.weight_decay })
  nj.train {
    model = net,
    batches = data:batches { split = "train", size = batch, shuffle = true },
    epochs = epochs,
    optimizer = optimizer,
    schedule = nj.optim.StepLR(optimizer, { step_size = drop_after, gamma = options.drop_to }),
    step = step,
    on_gradients = options.clip and function() clip(net:parameters(), options.clip) end,
    on_epoch = function(epoch, loss) context.log("train loss", loss, epoch) end,
  }
end

return training
