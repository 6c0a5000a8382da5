local nj = require "nightjar"
local augmentation = require "training.augmentation"
local members = require "training.members"
local schedule = require "training.schedule"
local waveforms = require "training.waveforms"

return nj.recipe {
  name = "robust",
  summary = "For recordings of people: cross-entropy on augmented sound, AdamW in one cycle, the best validation epoch",
  api = 1,
  options = waveforms.options {
    epochs = { type = "integer", min = 1, help = "by default by the number of clips: training/schedule.lua" },
    batch = { type = "integer", min = 1, help = "by default by the number of clips" },
    lr = { default = 0.003, min = 0, help = "the highest rate of the cycle (arXiv 1708.07120)" },
    weight_decay = { default = 0.05, min = 0 },
    label_smoothing = { default = 0.1, min = 0, max = 0.99 },
    masks = { default = 2, min = 0, help = "SpecAugment's, over time (arXiv 1904.08779)" },
    patience = { type = "integer", min = 1, help = "epochs without a better validation that end it; default: none" },
  },

  train = function(self, model, data, context)
    local options = self.options
    local plan = schedule.plan(data, options)
    context.report(plan)
    local batches = data:batches {
      split = "train", size = plan.batch, shuffle = true, augment = waveforms.augmentation(options),
    }
    local optimizer = nj.optim.AdamW(model:parameters(), { lr = options.lr, weight_decay = options.weight_decay })
    nj.train {
      model = model,
      batches = batches,
      epochs = plan.epochs,
      optimizer = optimizer,
      schedule = nj.optim.OneCycleLR(optimizer, { steps = plan.epochs * batches.count }),
      schedule_every = "batch",
      validation = data:count "val" > 0 and data:batches { split = "val", size = plan.batch } or nil,
      patience = options.patience,
      step = function(net, batch)
        local x = augmentation.masked(batch.features, options.masks, { 2 })
        local loss = 0
        for _, member in ipairs(members(net)) do
          loss = loss + nj.loss.cross_entropy(member(x), batch.labels, { label_smoothing = options.label_smoothing })
        end
        return loss
      end,
      on_epoch = function(epoch, loss, accuracy)
        context.log("train loss", loss, epoch)
        if accuracy then context.log("validation accuracy", accuracy, epoch) end
      end,
    }
    return model
  end,
}
