local nj = require "nightjar"
local training = require "training.loop"

local function unit(x) return x / x:norm(-1, true):clamp(1e-12) end

-- Directions as far from each other as can be, one a column: a simplex, turned at random.
local function simplex(width, classes, seed)
  if width < classes then
    error(("a simplex of %d classes needs an embedding of at least as many numbers, not %d"):format(
      classes, width), 0)
  end
  local u, _, vt = nj.random(seed):randn(width, classes):svd()
  local axes = u:slice(2, 1, classes):matmul(vt)
  return (axes - axes:mean(2, true)) * (classes / (classes - 1)) ^ 0.5
end

-- The network with a linear map behind its embedding; its scores are cosines to fixed directions.
local Fixed = nj.nn.module {
  name = "Fixed",
  init = function(self, model, width, directions)
    self.model, self.map, self.directions = model, nj.nn.Linear(width, width), directions
  end,
  forward = function(self, x) return unit(self.map(self.model:features(x))):matmul(self.directions) end,
}

return nj.recipe {
  name = "etf",
  summary = "Embeddings drawn to the corners of a fixed simplex (NC-FSCIL, Yang et al. 2023, arXiv 2302.03004)",
  api = 1,
  options = training.options {},

  train = function(self, model, data, context)
    local weight, bias = training.readout(model)
    local classes, width = #weight, weight:size(2)
    local net = Fixed(model, width, simplex(width, classes, self.seed))
    training.run(self, net, data, context, function(cosines, labels)
      local own = (cosines * nj.eye(classes):index_select(1, labels)):sum(2)
      return (own - 1):square():mean() / 2
    end)
    nj.no_grad(function()                      -- the readout is the map and the directions in one
      weight:copy_(net.directions:transpose(1, 2):matmul(net.map.weight))
      bias:copy_(net.directions:transpose(1, 2):matmul(net.map.bias))
    end)
    return model
  end,
}
