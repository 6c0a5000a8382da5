local nj = require "nightjar"

return nj.learner {
  name = "teen",
  summary = "Cosine prototypes, new ones drawn towards similar base ones (TEEN, Wang et al. 2023, arXiv 2312.05229)",
  api = 1,
  options = {
    own = { default = 0.5, min = 0, max = 1, help = "weight of a new word's own prototype" },
    sharpness = { default = 16.0, min = 0, help = "how much the most similar base words count" },
  },

  start = function(self, base)
    self.prototypes = nj.zeros { base.model.classes, base.features:size(2) }
    self.base = base:class_means():normalize()
    self.prototypes[base.class_index] = self.base
  end,

  learn = function(self, support)
    local means = support:class_means():normalize()
    local similarity = (means:matmul(self.base:t()) * self.options.sharpness):softmax(2)
    local borrowed = similarity:matmul(self.base):normalize()
    local mixed = means * self.options.own + borrowed * (1 - self.options.own)
    self.prototypes[support.class_index] = mixed:normalize()
  end,

  scores = function(self, features) return features:normalize():matmul(self.prototypes:t()) end,
}
