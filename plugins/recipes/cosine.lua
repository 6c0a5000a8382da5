local nj = require "nightjar"
local augmentation = require "training.augmentation"
local readout = require "training.readout"
local training = require "training.loop"

return nj.recipe {
  name = "cosine",
  summary = "Cross-entropy of scaled cosines with a margin (CosFace, Wang et al. 2018, arXiv 1801.09414)",
  api = 1,
  options = training.options {
    scale = { default = 16.0, min = 0.1, help = "factor of the cosines" },
    margin = { default = 0.1, min = 0, max = 1, help = "subtracted from the cosine of the correct class" },
    label_smoothing = { default = 0.0, min = 0, max = 0.99 },
  },

  train = function(self, model, data, context)
    local options = self.options
    local weight, bias = readout(model)
    local function forward(net, x) return net:features(x):normalize():matmul(weight:normalize():t()) end
    local function loss(cosines, labels)
      local logits = (cosines - nj.one_hot(labels, #weight) * options.margin) * options.scale
      return nj.loss.cross_entropy(logits, labels, { label_smoothing = options.label_smoothing })
    end
    training.run(self, model, data, context, augmentation.step(options, forward, loss))
    nj.no_grad(function()                      -- so that the readout by itself ranks the classes by cosine too
      weight:copy_(weight:normalize())
      bias:zero_()
    end)
    return model
  end,
}
