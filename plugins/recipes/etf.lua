local nj = require "nightjar"
local augmentation = require "training.augmentation"
local readout = require "training.readout"
local training = require "training.loop"
local nn = nj.nn

-- The corners of a simplex in a random rotation, one a column: (width, classes). No directions are further apart.
local function simplex(width, classes, seed)
  if width < classes then
    local what = "a simplex of %d classes needs an embedding of at least as many numbers, not %d"
    error(what:format(classes, width), 0)
  end
  local u, _, vt = nj.random(seed):randn(width, classes):svd()
  local axes = u:slice(2, 1, classes):matmul(vt)
  return (axes - axes:mean(2, true)) * (classes / (classes - 1)) ^ 0.5
end

return nj.recipe {
  name = "etf",
  summary = "Embeddings drawn to the corners of a fixed simplex (NC-FSCIL, Yang et al. 2023, arXiv 2302.03004)",
  api = 1,
  options = training.options {},

  train = function(self, model, data, context)
    local weight, bias = readout(model)
    local classes, width = #weight, weight:size(2)
    local directions = simplex(width, classes, self.seed)
    local net = nn.Sequential { { "model", model }, { "map", nn.Linear(width, width) } }
    local function forward(_, x) return net.map(model:features(x)):normalize():matmul(directions) end
    local function loss(cosines, labels)
      local correct = (cosines * nj.one_hot(labels, classes)):sum(2)
      return (correct - 1):square():mean() / 2
    end
    training.run(self, net, data, context, augmentation.step(self.options, forward, loss))
    nj.no_grad(function()                      -- the readout becomes the map followed by the directions
      weight:copy_(directions:t():matmul(net.map.weight))
      bias:copy_(directions:t():matmul(net.map.bias))
    end)
    return model
  end,
}
