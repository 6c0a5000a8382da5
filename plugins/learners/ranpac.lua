-- Ridge regression on random features, in which more classes are linearly separable than in the embeddings. Sums over
-- samples grow from session to session, so that the solution is that of all samples at once.
local nj = require "nightjar"
local balance = require "statistics.balance"

-- Adds samples to the sums, some at a time: the random features of all of them would not fit in memory.
local function add(self, x, targets, factors)
  for first = 1, #x, 2048 do
    local _ <close> = nj.scope()
    local last = math.min(first + 2047, #x)
    local h = x:slice(1, first, last):matmul(self.projection):relu() * factors:slice(1, first, last)
    self.gram:add_(h:t():matmul(h))
    self.moment:add_(h:t():matmul(targets:slice(1, first, last)))
  end
end

-- The lambda whose solution for the samples so far has the smallest error on other samples.
local function best_lambda(self, identity, x, targets, factors)
  local h = x:matmul(self.projection):relu() * factors
  local best, least = 1, math.huge
  for _, lambda in ipairs { 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1 } do
    local weight = (self.gram + identity * lambda):solve(self.moment)
    local loss = (h:matmul(weight) - targets):square():sum():item()
    if loss < least then best, least = lambda, loss end
  end
  return best
end

return nj.learner {
  name = "ranpac",
  summary = "Class-weighted ridge on random ReLU features, exact over sessions "
    .. "(RanPAC, McDonnell et al. 2023, arXiv 2307.02251)",
  api = 1,
  modifies_base = true,
  options = {
    width = { default = 2000, min = 1, help = "number of random features" },
    lambda = {
      type = "number", min = 1e-9,
      help = "relative to the features' mean square; by default the best on a fifth of the base",
    },
  },

  start = function(self, base)
    local random, width, classes = nj.random(self.seed), self.options.width, base.model.classes
    self.projection = random:randn { base.features:size(2), width }
    self.gram, self.moment = nj.zeros { width, width }, nj.zeros { width, classes }
    local targets, factors = balance(base.labels, classes)
    local order = random:randperm(#targets)
    local function part(first, last)
      local rows = order:slice(1, first, last)
      return base.features:index_select(1, rows), targets:index_select(1, rows), factors:index_select(1, rows)
    end
    local cut = #targets * 4 // 5
    add(self, part(1, cut))
    local identity = nj.eye(width) * (self.gram:diagonal():sum() / width + 1e-12)   -- scaled to their mean square
    local lambda = self.options.lambda or best_lambda(self, identity, part(cut + 1, -1))
    add(self, part(cut + 1, -1))
    self.gram:add_(identity * lambda)
  end,

  learn = function(self, support)
    add(self, support.features, balance(support.labels, self.moment:size(2)))
    self.weight = nil
  end,

  scores = function(self, features)
    self.weight = self.weight or self.gram:solve(self.moment)
    return features:matmul(self.projection):relu():matmul(self.weight)
  end,
}
