local nj = require "nightjar"
local covariance = require "statistics.covariance"
local tukey = require "statistics.tukey"

return nj.learner {
  name = "plda",
  summary = "Two covariances, within and between words, and a posterior mean for each word "
    .. "(PLDA, Ioffe 2006, doi 10.1007/11744085_41)",
  api = 1,
  options = {
    power = { default = 0.7, min = 0.01, max = 1, help = "of Tukey's transformation" },
    within = { default = 0.3, min = 1e-6, max = 1, help = "weight of the mean variance in the covariance of a word" },
    between = { default = 0.3, min = 1e-6, max = 1, help = "the same for the covariance of the words' means" },
  },

  -- A word's mean ~ Normal(centre, between), its samples ~ Normal(mean, within), of features of one scale. On the axes
  -- of the map, within is 1 and between is `ratio`, both without correlations.
  start = function(self, base)
    local options = self.options
    local deviation = tukey(base.features, options.power):std(1, false, 0)
    local scale = 1 / (deviation + deviation:mean() * 1e-3 + 1e-12)
    local scaled = base:map(function(x) return tukey(x, options.power) * scale end)
    local means = scaled:class_means()
    local within = covariance.shrunk(covariance.within(scaled), options.within)
    local between = #means > 1 and covariance.shrunk(means:cov(), options.between) or within
    local ratio, axes = covariance.eigh(between, within)
    self.centre, self.map = means:mean(1) / scale, scale:unsqueeze(2) * axes
    self.ratio = ratio:clamp(1e-6)
    self.linear, self.quadratic = nj.zeros { base.model.classes, #ratio }, nj.zeros { base.model.classes, #ratio }
    self.bias = nj.zeros { base.model.classes }
    self:learn(base)
  end,

  learn = function(self, support)
    for _, class in ipairs(support.classes) do
      local x = tukey(support:of(class), self.options.power)
      local doubt = self.ratio / (self.ratio * #x + 1)           -- variance of the posterior of the word's mean
      local mean = (x:mean(1) - self.centre):matmul(self.map) * doubt * #x
      local precision = 1 / (doubt + 1)
      self.linear[class], self.quadratic[class] = mean * precision, precision / -2
      self.bias[class] = (precision:log() - mean:square() * precision):sum() / 2
    end
  end,

  scores = function(self, features)            -- log density of a sample, up to a constant
    local z = (tukey(features, self.options.power) - self.centre):matmul(self.map)
    return z:matmul(self.linear:t()) + z:square():matmul(self.quadratic:t()) + self.bias
  end,
}
