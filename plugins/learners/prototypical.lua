local nj = require "nightjar"

return nj.learner {
  name = "prototypical",
  summary = "Nearest class mean (Snell et al. 2017, arXiv 1703.05175)",
  api = 1,

  start = function(self, base)                 -- base.features: (samples, embedding)
    self.weight = nj.zeros { base.model.classes, base.features:size(2) }
    self.bias = nj.zeros { base.model.classes }
    self:learn(base)
  end,

  learn = function(self, support)              -- −|x − p|² = 2 p·x − p·p − x·x; x·x is the same for all classes
    local prototypes = support:class_means()
    for i, class in ipairs(support.classes) do
      self.weight[class] = prototypes[i] * 2
      self.bias[class] = -(prototypes[i] * prototypes[i]):sum()
    end
  end,

  scores = function(self, features)            -- (batch, embedding) → (batch, classes)
    return features:matmul(self.weight:t()) + self.bias
  end,
}
