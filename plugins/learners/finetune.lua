local nj = require "nightjar"

-- Words that take part from now on, and their means.
local function remember(self, samples)
  for _, class in ipairs(samples.classes) do
    self.learned[class] = 1
    self.labels[#self.labels + 1], self.means[#self.means + 1] = class, samples:of(class):mean(1)
  end
end

-- New words start from their means (weight imprinting), their weights as long and biases as large as others'.
local function imprint(self, support)
  local length = (self.weight:norm(1) * self.learned):sum() / self.learned:sum()
  local level = (self.bias * self.learned):sum() / self.learned:sum()
  for _, class in ipairs(support.classes) do
    local mean = support:of(class):mean(1)
    self.weight:select(2, class):copy_(mean / mean:norm():clamp(1e-12) * length)
    self.bias[class] = level
  end
end

return nj.learner {
  name = "finetune",
  summary = "The readout, fine-tuned by cross-entropy in each session: the usual baseline "
    .. "(as in Tao et al. 2020, arXiv 2004.10956)",
  api = 1,
  modifies_base = true,
  options = {
    steps = { default = 100, min = 1, help = "a session" },
    lr = { default = 0.01, min = 0 },
    rows = { default = "all", choices = { "all", "new" }, help = "whose weights change" },
    replay = { default = true, help = "the means of words known before are among the samples" },
  },

  start = function(self, base)                 -- a linear readout is what it gives for nothing and for the axes
    local width, classes = base.features:size(2), base.model.classes
    self.bias = base.model:readout(nj.zeros { 1, width }):detach()[1]:clone()
    self.weight = base.model:readout(nj.eye(width)):detach() - self.bias
    self.learned, self.labels, self.means = nj.zeros { classes }, {}, {}
    remember(self, base)
  end,

  learn = function(self, support)
    local o, x, labels = self.options, support.features, support.labels
    if o.replay then
      x = nj.cat { x, nj.stack(self.means) }
      labels = nj.cat { labels, nj.tensor(self.labels, { dtype = "int32" }) }
    end
    imprint(self, support)
    local known = self.learned:clone()
    remember(self, support)
    local weight, bias = self.weight:clone():requires_grad_(), self.bias:clone():requires_grad_()
    local optimizer, unheard = nj.optim.Adam({ weight, bias }, { lr = o.lr }), (self.learned - 1) * 1e9
    for _ = 1, o.steps do
      optimizer:zero_grad()
      nj.loss.cross_entropy(x:matmul(weight) + bias + unheard, labels):backward()
      if o.rows == "new" then weight.grad, bias.grad = weight.grad * (1 - known), bias.grad * (1 - known) end
      optimizer:step()
    end
    self.weight, self.bias = weight:detach(), bias:detach()
  end,

  scores = function(self, features) return features:matmul(self.weight) + self.bias end,
}
