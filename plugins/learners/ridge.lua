-- An analytic learner that sees each sample once and never forgets.
local nj = require "nightjar"

return nj.learner {
  name = "ridge",
  summary = "Class-weighted ridge on random ReLU features, summed exactly over sessions (RanPAC, McDonnell et al. 2023, arXiv 2307.02251)",
  api = 1,
  changes_base = true,                         -- one solution for all classes: the base's part moves with it
  options = {
    width = { default = 2000, min = 1, help = "random features" },
    lambda = { default = 1.0, min = 0 },
  },

  start = function(self, base)
    local random = nj.random(self.seed)
    self.projection = random:randn { base.features:size(2), self.options.width }
    self.gram = nj.eye(self.options.width) * self.options.lambda
    self.targets = nj.zeros { self.options.width, base.model.classes }
    self:learn(base)
  end,

  learn = function(self, support)              -- each class weighs the same, however many shots it has
    for _, class in ipairs(support.classes) do
      local h = support:of(class):matmul(self.projection):relu()
      self.gram = self.gram + h:transpose(1, 2):matmul(h) / #h
      self.targets:select(2, class):add_(h:mean(1))
    end
    self.weight = nil
  end,

  scores = function(self, features)
    self.weight = self.weight or self.gram:solve(self.targets)
    return features:matmul(self.projection):relu():matmul(self.weight)
  end,
}
