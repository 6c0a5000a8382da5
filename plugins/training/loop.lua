-- The loop that recipes share, with their options.
local nj = require "nightjar"
local clip = require "training.clipping"

local training = { options = require "training.options" }

-- Epochs and batch size by the size of the data set; those of "paper" are NeuroBench's.
local defaults = {
  quick = { epochs = 12, batch = 128 },
  standard = { epochs = 20, batch = 128 },
  paper = { epochs = 50, batch = 256 },
}

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
