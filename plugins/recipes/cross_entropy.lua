local nj = require "nightjar"
local training = require "training.loop"

return nj.recipe {
  name = "cross_entropy",
  summary = "Cross-entropy with Adam and a step schedule, as NeuroBench's harness trains (arXiv 2304.04640)",
  api = 1,
  options = training.options {
    label_smoothing = { default = 0.0, min = 0, max = 0.99 },
  },

  train = function(self, model, data, context)
    training.run(self, model, data, context, function(scores, labels)
      return nj.loss.cross_entropy(scores, labels, { label_smoothing = self.options.label_smoothing })
    end)
    return model
  end,
}
