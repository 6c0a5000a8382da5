local nj = require "nightjar"

-- Tukey's ladder: makes long-tailed features more like normal ones.
local function tukey(self, x) return x:sign() * x:abs() ^ self.options.power end

local function scatter(x)
  local centred = x - x:mean(1)
  return centred:t():matmul(centred)
end

-- A covariance drawn towards the same variance in all directions and no correlation.
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
    power = { default = 0.7, min = 0.01, max = 1, help = "of Tukey's transformation" },
    within = { default = 0.3, min = 1e-6, max = 1, help = "weight of the mean variance in the covariance of a word" },
    between = { default = 0.3, min = 1e-6, max = 1, help = "the same for the covariance of the words' means" },
  },

  -- A word's mean ~ Normal(centre, between), its samples ~ Normal(mean, within), of features of one scale. On the axes
  -- of the map, within is 1 and between is `ratio`, both without correlations.
  start = function(self, base)
    local features, means, sum = tukey(self, base.features), {}, 0
    local deviation = features:std(1, false, 0)
    local scale = 1 / (deviation + deviation:mean() * 1e-3 + 1e-12)
    for i, class in ipairs(base.classes) do
      local x = tukey(self, base:of(class)) * scale
      means[i], sum = x:mean(1), sum + scatter(x)
    end
    means = nj.stack(means)
    local within = shrunk(sum / #features, self.options.within)
    local between = #means > 1 and shrunk(scatter(means) / (#means - 1), self.options.between) or within
    local variances, axes = within:eigh()
    local whitening = axes / variances:sqrt()
    local ratio, rotation = whitening:t():matmul(between):matmul(whitening):eigh()
    self.centre, self.map = means:mean(1) / scale, scale:unsqueeze(2) * whitening:matmul(rotation)
    self.ratio = ratio:clamp(1e-6)
    self.linear, self.quadratic = nj.zeros { base.model.classes, #ratio }, nj.zeros { base.model.classes, #ratio }
    self.bias = nj.zeros { base.model.classes }
    self:learn(base)
  end,

  learn = function(self, support)
    for _, class in ipairs(support.classes) do
      local x = tukey(self, support:of(class))
      local doubt = self.ratio / (self.ratio * #x + 1)           -- variance of the posterior of the word's mean
      local mean = (x:mean(1) - self.centre):matmul(self.map) * doubt * #x
      local precision = 1 / (doubt + 1)
      self.linear[class], self.quadratic[class] = mean * precision, precision / -2
      self.bias[class] = (precision:log() - mean:square() * precision):sum() / 2
    end
  end,

  scores = function(self, features)            -- log density of a sample, up to a constant
    local z = (tukey(self, features) - self.centre):matmul(self.map)
    return z:matmul(self.linear:t()) + z:square():matmul(self.quadratic:t()) + self.bias
  end,
}
