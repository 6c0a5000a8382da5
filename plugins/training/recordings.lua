-- Training on recordings of people, which recipes share: changed sound in every epoch, AdamW in one cycle, and the
-- weights of the best validation epoch.
local nj = require "nightjar"
local augmentation = require "training.augmentation"
local schedule = require "training.schedule"
local waveforms = require "training.waveforms"

local recordings = {}

-- The options, with those of a recipe.
function recordings.options(own)
  local options = waveforms.options {
    epochs = { type = "integer", min = 1, help = "by default by the number of clips: training/schedule.lua" },
    batch = { type = "integer", min = 1, help = "by default by the number of clips" },
    lr = { default = 0.003, min = 0, help = "the highest rate of the cycle (arXiv 1708.07120)" },
    weight_decay = { default = 0.05, min = 0 },
    label_smoothing = { default = 0.1, min = 0, max = 0.99 },
    masks = { default = 2, min = 0, help = "SpecAugment's, over time (arXiv 1904.08779)" },
    patience = { type = "integer", min = 1, help = "epochs without a better validation that end it; default: none" },
  }
  for name, option in pairs(own) do options[name] = option end
  return options
end

-- Trains a model by loss(x, labels). The parameters are those of `trained`, which contains the model.
function recordings.train(recipe, model, trained, data, context, loss)
  local options = recipe.options
  local plan = schedule.plan(data, options)
  context.report(plan)
  local batches = data:batches {
    split = "train", size = plan.batch, shuffle = true, augment = waveforms.augmentation(options),
  }
  local optimizer = nj.optim.AdamW(trained:parameters(), { lr = options.lr, weight_decay = options.weight_decay })
  nj.train {
    model = model,
    batches = batches,
    epochs = plan.epochs,
    optimizer = optimizer,
    schedule = nj.optim.OneCycleLR(optimizer, { steps = plan.epochs * batches.count }),
    schedule_every = "batch",
    validation = data:count "val" > 0 and data:batches { split = "val", size = plan.batch } or nil,
    patience = options.patience,
    step = function(_, batch) return loss(augmentation.masked(batch.features, options.masks, { 2 }), batch.labels) end,
    on_epoch = function(epoch, mean, accuracy)
      context.log("train loss", mean, epoch)
      if accuracy then context.log("validation accuracy", accuracy, epoch) end
    end,
  }
  return model
end

return recordings
