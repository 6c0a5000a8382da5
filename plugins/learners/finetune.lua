local nj = require "nightjar"

-- Adds words to those that were learned, with their means.
local function remember(self, samples)
  local means = samples:class_means()
  for i, class in ipairs(samples.classes) do
    self.learned[class] = 1
    table.insert(self.labels, class)
    table.insert(self.means, means[i])
  end
end

-- Starts new words from their means (weight imprinting), with weights and biases as large as those of known words.
local function imprint(self, support)
  local length = (self.weight:norm(1) * self.learned):sum() / self.learned:sum()
  local level = (self.bias * self.learned):sum() / self.learned:sum()
  local directions = support:class_means():normalize()
  for i, class in ipairs(support.classes) do
    self.weight:select(2, class):copy_(directions[i] * length)
    self.bias[class] = level
  end
end

return nj.learner {
  name = "finetune",
  summary = "The readout, fine-tuned by cross-entropy in each session: the standard baseline "
    .. "(as in Tao et al. 2020, arXiv 2004.10956)",
  api = 1,
  modifies_base = true,
  options = {
    steps = { default = 100, min = 1, help = "steps in each session" },
    lr = { default = 0.01, min = 0 },
    rows = { default = "all", choices = { "all", "new" }, help = "the words whose weights change" },
    replay = { default = true, help = "whether the means of known words are added to the samples" },
  },

  start = function(self, base)                 -- a linear readout: its bias is what it returns for 0
    local width, classes = base.features:size(2), base.model.classes
    self.bias = base.model:readout(nj.zeros { 1, width }):detach()[1]:clone()
    self.weight = base.model:readout(nj.eye(width)):detach() - self.bias
    self.learned, self.labels, self.means = nj.zeros { classes }, {}, {}
    remember(self, base)
  end,

  learn = function(self, support)
    local options, x, labels = self.options, support.features, support.labels
    if options.replay then
      x = nj.cat { x, nj.stack(self.means) }
      labels = nj.cat { labels, nj.tensor(self.labels, { dtype = "int32" }) }
    end
    imprint(self, support)
    local is_new = 1 - self.learned
    remember(self, support)
    local masked = (self.learned - 1) * 1e9    -- rules out words that were not learned yet
    local weight, bias = self.weight:clone():requires_grad_(), self.bias:clone():requires_grad_()
    local optimizer = nj.optim.Adam({ weight, bias }, { lr = options.lr })
    for _ = 1, options.steps do
      optimizer:zero_grad()
      nj.loss.cross_entropy(x:matmul(weight) + bias + masked, labels):backward()
      if options.rows == "new" then
        weight.grad = weight.grad * is_new
        bias.grad = bias.grad * is_new
      end
      optimizer:step()
    end
    self.weight, self.bias = weight:detach(), bias:detach()
  end,

  scores = function(self, features) return features:matmul(self.weight) + self.bias end,
}
