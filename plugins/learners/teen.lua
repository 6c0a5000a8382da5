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
    for i, class in ipairs(base.classes) do self.prototypes[class] = self.base[i] end
  end,

  learn = function(self, support)
    local means = support:class_means():normalize()
    for i, class in ipairs(support.classes) do
      local similarity = (self.base:matmul(means[i]) * self.options.sharpness):softmax(1)
      local borrowed = similarity:unsqueeze(1):matmul(self.base)[1]:normalize()
      self.prototypes[class] = (means[i] * self.options.own + borrowed * (1 - self.options.own)):normalize()
    end
  end,

  scores = function(self, features) return features:normalize():matmul(self.prototypes:t()) end,
}
