-- An analytic learner in a wide random space, where a plane can part what no plane parts among the embeddings.
local nj = require "nightjar"

-- Random features and one-hot targets; each class weighs the same, however many shots it has.
local function rows(self, features, labels)
  local y = nj.eye(self.moment:size(2)):index_select(1, labels)
  local root = (y / y:sum(1):clamp(1)):sum(2, true):sqrt()
  return features:matmul(self.projection):relu() * root, y * root
end

local function add(self, h, y)
  self.gram = self.gram + h:transpose(1, 2):matmul(h)
  self.moment = self.moment + h:transpose(1, 2):matmul(y)
end

-- The power of ten with which what has been added so far errs least on other samples.
local function best_lambda(self, h, y)
  local best, least = 1, math.huge
  for _, lambda in ipairs { 0.1, 1, 10, 100, 1e3, 1e4, 1e5 } do
    local weight = (self.gram + nj.eye(#self.gram) * lambda):solve(self.moment)
    local loss = (h:matmul(weight) - y):square():sum():item()
    if loss < least then best, least = lambda, loss end
  end
  return best
end

return nj.learner {
  name = "ranpac",
  summary = "Class-weighted ridge on random ReLU features, exact over sessions (RanPAC, McDonnell et al. 2023, arXiv 2307.02251)",
  api = 1,
  options = {
    width = { default = 2000, min = 1, help = "random features" },
    lambda = { default = 0.0, min = 0, help = "0: the best power of ten for a held-out fifth of the base" },
  },

  start = function(self, base)
    local random, width = nj.random(self.seed), self.options.width
    self.projection = random:randn { base.features:size(2), width }
    self.gram, self.moment = nj.zeros { width, width }, nj.zeros { width, base.model.classes }
    local order = random:randperm(#base.labels)
    local h, y = rows(self, base.features:index_select(1, order), base.labels:index_select(1, order))
    local cut = #h * 4 // 5
    add(self, h:slice(1, 1, cut), y:slice(1, 1, cut))
    local held_h, held_y = h:slice(1, cut + 1), y:slice(1, cut + 1)
    local lambda = self.options.lambda > 0 and self.options.lambda or best_lambda(self, held_h, held_y)
    add(self, held_h, held_y)
    self.gram = self.gram + nj.eye(width) * lambda
  end,

  learn = function(self, support)
    add(self, rows(self, support.features, support.labels))
    self.weight = nil
  end,

  scores = function(self, features)
    self.weight = self.weight or self.gram:solve(self.moment)
    return features:matmul(self.projection):relu():matmul(self.weight)
  end,
}
