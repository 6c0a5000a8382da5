local nj = require "nightjar"

return nj.learner {
  name = "slda",
  summary = "Streaming discriminant analysis: running means, one covariance (Hayes and Kanan 2020, arXiv 1909.01520)",
  api = 1,
  modifies_base = true,
  options = {
    shrinkage = { default = 0.01, min = 1e-6, max = 1, help = "share of the mean variance in the covariance" },
  },

  start = function(self, base)
    local width = base.features:size(2)
    self.means = nj.zeros { base.model.classes, width }
    self.scatter = nj.zeros { width, width }   -- Σ (x − μ)(x − μ)ᵀ, μ the mean of x's word
    self.counts, self.total = {}, 0
    self:learn(base)
  end,

  learn = function(self, support)
    for _, class in ipairs(support.classes) do
      local x, known = support:of(class), self.counts[class] or 0
      local share = #x / (known + #x)
      local centred, moved = x - x:mean(1), (x:mean(1) - self.means[class]):unsqueeze(1)
      self.scatter:add_(centred:transpose(1, 2):matmul(centred))
      if known > 0 then self.scatter:add_(moved:transpose(1, 2):matmul(moved) * (known * share)) end
      self.means[class] = self.means[class] + moved[1] * share
      self.counts[class], self.total = known + #x, self.total + #x
    end
    local e, eye = self.options.shrinkage, nj.eye(#self.scatter)
    local covariance = self.scatter / self.total
    covariance = covariance * (1 - e) + eye * ((covariance * eye):sum() / #eye * e + 1e-12)
    self.weight = covariance:solve(self.means:transpose(1, 2))
    self.bias = (self.means * self.weight:transpose(1, 2)):sum(2) / -2
  end,

  scores = function(self, features) return features:matmul(self.weight) + self.bias end,
}
