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
    self.weight[support.class_index] = prototypes * 2
    self.bias[support.class_index] = -prototypes:square():sum(2)
  end,

  scores = function(self, features)            -- (batch, embedding) → (batch, classes)
    return features:matmul(self.weight:t()) + self.bias
  end,
}
