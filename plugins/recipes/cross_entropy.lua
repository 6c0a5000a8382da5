local nj = require "nightjar"

-- What the reference run uses at each size of the data; the paper's own is the last.
local usual = {
  quick = { epochs = 12, batch = 128 },
  standard = { epochs = 20, batch = 128 },
  paper = { epochs = 50, batch = 256 },
}

return nj.recipe {
  name = "cross_entropy",
  summary = "Cross-entropy with Adam and a step schedule, as NeuroBench's harness trains (arXiv 2304.04640)",
  api = 1,
  options = {
    epochs = { default = 0, min = 0, help = "0: what suits the size of the data (12, 20 or 50)" },
    batch = { default = 0, min = 0, help = "0: 128, or 256 at paper size" },
    lr = { default = 0.01, min = 0 },
    weight_decay = { default = 1e-4, min = 0 },
    drop_at = { default = 0.4, min = 0.01, max = 1, help = "share of the epochs after which the rate drops" },
    drop_to = { default = 0.1, min = 0, max = 1, help = "the factor by which it drops" },
    label_smoothing = { default = 0, min = 0, max = 0.99 },
  },

  train = function(self, model, data, context)
    local o = self.options
    local epochs = o.epochs > 0 and o.epochs or usual[data.size].epochs
    local batch = o.batch > 0 and o.batch or usual[data.size].batch
    local optimizer = nj.optim.Adam(model:parameters(), { lr = o.lr, weight_decay = o.weight_decay })
    nj.train {
      model = model,
      epochs = epochs,
      batches = data:batches { split = "train", size = batch, shuffle = true },
      optimizer = optimizer,
      schedule = nj.optim.StepLR(optimizer, {
        step_size = math.max(1, math.floor(o.drop_at * epochs + 0.5)), gamma = o.drop_to,
      }),
      loss = function(scores, labels)
        return nj.loss.cross_entropy(scores, labels, { label_smoothing = o.label_smoothing })
      end,
      on_epoch = function(epoch, loss) context.log("train loss", loss, epoch) end,
    }
    return model
  end,
}
