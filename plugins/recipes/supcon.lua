local nj = require "nightjar"
local nn = nj.nn
local training = require "training.loop"

-- The network with a projection behind its embedding, which goes when training ends, beside its own readout.
local Contrasted = nn.module {
  name = "Contrasted",
  init = function(self, model, width, projected)
    self.model = model
    self.project = nn.Sequential { nn.Linear(width, width), nn.ReLU(), nn.Linear(width, projected) }
  end,
  forward = function(self, x)
    local features = self.model:features(x)
    local z = self.project(features)
    return nj.cat({ z / z:norm(-1, true):clamp(1e-12), self.model:readout(features:detach()) }, 2)
  end,
}

-- Samples of a class are drawn together and away from all others.
local function contrast(z, labels, temperature)
  local others = 1 - nj.eye(#z)
  local alike = labels:unsqueeze(2):eq(labels):to "float32" * others
  local nearness = z:matmul(z:transpose(1, 2)) / temperature - nj.eye(#z) * 1e9
  local share = nearness - nearness:logsumexp(2, true)
  return -((share * alike):sum(2) / alike:sum(2):clamp(1)):mean()
end

local options = training.options {
  temperature = { default = 0.1, min = 0.001 },
  projected = { default = 128, min = 1, help = "numbers the contrast is drawn among" },
  masks = { default = 1, min = 1, help = "SpecAugment's, over time and over channels, drawn anew for both views" },
}
options.mix_up = nil

return nj.recipe {
  name = "supcon",
  summary = "Supervised contrastive learning on two views a sample (Khosla et al. 2020, arXiv 2004.11362)",
  api = 1,
  options = options,

  train = function(self, model, data, context)
    local o, width = self.options, training.readout(model):size(2)
    training.run(self, Contrasted(model, width, o.projected), data, context, function(output, labels)
      labels = nj.cat { labels, labels }
      local z, scores = output:slice(2, 1, o.projected), output:slice(2, o.projected + 1)
      return contrast(z, labels, o.temperature) + nj.loss.cross_entropy(scores, labels)   -- this for the readout
    end, 2)
    return model
  end,
}
