local nj = require "nightjar"
local training = require "training.loop"

local function unit(x) return x / x:norm(-1, true):clamp(1e-12) end

-- The network with the cosines of embedding and class weights as its scores.
local Cosine = nj.nn.module {
  name = "Cosine",
  init = function(self, model) self.model = model end,
  forward = function(self, x)
    local weight = training.readout(self.model)
    return unit(self.model:features(x)):matmul(unit(weight):transpose(1, 2))
  end,
}

return nj.recipe {
  name = "cosine",
  summary = "Cross-entropy of scaled cosines with a margin (CosFace, Wang et al. 2018, arXiv 1801.09414)",
  api = 1,
  options = training.options {
    scale = { default = 16.0, min = 0.1, help = "of the cosines" },
    margin = { default = 0.1, min = 0, max = 1, help = "by which the right class has to lead" },
    label_smoothing = { default = 0.0, min = 0, max = 0.99 },
  },

  train = function(self, model, data, context)
    local o, net = self.options, Cosine(model)
    training.run(self, net, data, context, function(cosines, labels)
      local lead = nj.eye(cosines:size(2)):index_select(1, labels) * o.margin
      return nj.loss.cross_entropy((cosines - lead) * o.scale, labels, { label_smoothing = o.label_smoothing })
    end)
    local weight, bias = training.readout(model)
    nj.no_grad(function()                      -- the readout on its own ranks the classes by cosine too
      weight:copy_(unit(weight))
      bias:zero_()
    end)
    return model
  end,
}
