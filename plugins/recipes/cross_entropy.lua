local nj = require "nightjar"
local augmentation = require "training.augmentation"
local training = require "training.loop"

return nj.recipe {
  name = "cross_entropy",
  summary = "Cross-entropy with Adam and a step schedule, as NeuroBench's harness trains (arXiv 2304.04640)",
  api = 1,
  options = training.options {
    label_smoothing = { default = 0.0, min = 0, max = 0.99 },
  },

  train = function(self, model, data, context)
    local function forward(net, x) return net(x) end
    local function loss(scores, labels)
      return nj.loss.cross_entropy(scores, labels, { label_smoothing = self.options.label_smoothing })
    end
    training.run(self, model, data, context, augmentation.step(self.options, forward, loss))
    return model
  end,
}
