local nj = require "nightjar"

local function unit(x) return x / x:norm(-1, true):clamp(1e-12) end

return nj.learner {
  name = "teen",
  summary = "Cosine prototypes, new ones drawn towards similar base ones (TEEN, Wang et al. 2023, arXiv 2312.05229)",
  api = 1,
  options = {
    own = { default = 0.5, min = 0, max = 1, help = "share of a new word's own prototype" },
    sharpness = { default = 16.0, min = 0, help = "how much the most similar base words count" },
  },

  start = function(self, base)
    self.prototypes = nj.zeros { base.model.classes, base.features:size(2) }
    for _, class in ipairs(base.classes) do self.prototypes[class] = unit(base:of(class):mean(1)) end
    self.base = self.prototypes:index_select(1, nj.tensor(base.classes, { dtype = "int32" }))
  end,

  learn = function(self, support)
    for _, class in ipairs(support.classes) do
      local own = unit(support:of(class):mean(1))
      local similarity = (self.base:matmul(own) * self.options.sharpness):softmax(1)
      local lent = unit(similarity:unsqueeze(1):matmul(self.base)[1])
      self.prototypes[class] = unit(own * self.options.own + lent * (1 - self.options.own))
    end
  end,

  scores = function(self, features) return unit(features):matmul(self.prototypes:transpose(1, 2)) end,
}
