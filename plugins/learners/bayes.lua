local nj = require "nightjar"

return nj.learner {
  name = "bayes",
  summary = "Normal-Gamma posterior of every word, in closed form, its prior from the base "
    .. "(GeMCL, Banayeeanzade et al. 2021)",
  api = 1,

  -- The prior of one feature of a word: precision ~ Gamma(a, b), mean ~ Normal(m, 1 / (k · precision)).
  start = function(self, base)
    local variances = {}
    for i, class in ipairs(base.classes) do variances[i] = base:of(class):var(1, false, 0) end
    local means, variance = base:class_means(), nj.stack(variances)
    local within, between = variance:mean(1), means:var(1, false, 0)
    local least = (within + between):mean():item() / 100 + 1e-12   -- features that hardly vary say nothing
    within, between = within + least, between + least
    self.m, self.k = means:mean(1), within / between
    self.a = (within:square() / (variance:var(1, false, 0) + least ^ 2)):clamp(0, 100) + 2
    self.b = (self.a - 1) * within
    self.mean = nj.zeros { base.model.classes, base.features:size(2) }
    self.variance = nj.ones { base.model.classes, base.features:size(2) }
    self:learn(base)
  end,

  learn = function(self, support)
    for _, class in ipairs(support.classes) do
      local x = support:of(class) - self.m
      local n, mean, k = #x, x:mean(1), self.k + #x
      local a = self.a + n / 2
      local b = self.b + (x:var(1, false, 0) + mean:square() * self.k / k) * (n / 2)
      self.mean[class] = mean * n / k
      -- The predictive distribution is Student's t; a normal one of its variance is close, and needs three products.
      self.variance[class] = b * (k + 1) / (k * (a - 1))
    end
  end,

  scores = function(self, features)            -- log density
    local x, precision = features - self.m, 1 / self.variance
    local constant = (self.mean:square() * precision + self.variance:log()):sum(2)
    return x:matmul((self.mean * precision):t()) - (x:square():matmul(precision:t()) + constant) / 2
  end,
}
