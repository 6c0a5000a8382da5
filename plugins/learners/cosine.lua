local nj = require "nightjar"

return nj.learner {
  name = "cosine",
  summary = "Nearest class mean by angle (as in Gidaris and Komodakis 2018, arXiv 1804.09458)",
  api = 1,

  start = function(self, base)
    self.means = nj.zeros { base.model.classes, base.features:size(2) }
    self:learn(base)
  end,

  learn = function(self, support)
    for _, class in ipairs(support.classes) do
      self.means[class] = support:of(class):normalize():mean(1):normalize()
    end
  end,

  scores = function(self, features)
    return features:normalize():matmul(self.means:t())
  end,
}
