local nj = require "nightjar"

local function scatter(x)
  local centred = x - x:mean(1)
  return centred:t():matmul(centred)
end

-- A covariance drawn towards its mean variance, which is the same in all directions.
local function shrunk(covariance, weight)
  local variance = covariance:diagonal():mean()
  return covariance * (1 - weight) + nj.eye(#covariance) * (variance * weight + 1e-12)
end

return nj.learner {
  name = "plda",
  summary = "Two covariances, within and between words, and a posterior mean for each word "
    .. "(PLDA, Ioffe 2006, doi 10.1007/11744085_41)",
  api = 1,
  options = {
    within = { default = 0.1, min = 1e-6, max = 1, help = "weight of the mean variance in the covariance of a word" },
    between = { default = 0.1, min = 1e-6, max = 1, help = "the same for the covariance of the words' means" },
  },

  -- A word's mean ~ Normal(centre, between), its samples ~ Normal(mean, within). On the axes of the map, within is 1
  -- and between is `ratio`, both without correlations.
  start = function(self, base)
    local means, sum = base:class_means(), 0
    for _, class in ipairs(base.classes) do sum = sum + scatter(base:of(class)) end
    local within = shrunk(sum / #base.features, self.options.within)
    local between = #means > 1 and shrunk(scatter(means) / (#means - 1), self.options.between) or within
    local variances, axes = within:eigh()
    local whitening = axes / variances:sqrt()
    local ratio, rotation = whitening:t():matmul(between):matmul(whitening):eigh()
    self.centre, self.map, self.ratio = means:mean(1), whitening:matmul(rotation), ratio:clamp(1e-6)
    self.linear, self.quadratic = nj.zeros { base.model.classes, #ratio }, nj.zeros { base.model.classes, #ratio }
    self.bias = nj.zeros { base.model.classes }
    self:learn(base)
  end,

  learn = function(self, support)
    for _, class in ipairs(support.classes) do
      local x = support:of(class)
      local doubt = self.ratio / (self.ratio * #x + 1)           -- variance of the posterior of the word's mean
      local mean = (x:mean(1) - self.centre):matmul(self.map) * doubt * #x
      local precision = 1 / (doubt + 1)
      self.linear[class], self.quadratic[class] = mean * precision, precision / -2
      self.bias[class] = (precision:log() - mean:square() * precision):sum() / 2
    end
  end,

  scores = function(self, features)            -- log density of a sample, up to a constant
    local z = (features - self.centre):matmul(self.map)
    return z:matmul(self.linear:t()) + z:square():matmul(self.quadratic:t()) + self.bias
  end,
}
