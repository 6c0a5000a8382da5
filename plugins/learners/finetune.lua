local nj = require "nightjar"

-- Starts new words from their means (weight imprinting), with weights and biases as large as those of known words.
local function imprint(self, support)
  local function mean(x) return (x * self.learned):sum() / self.learned:sum() end
  local weights = support:class_means():normalize() * mean(self.weight:norm(1))
  self.weight[{ {}, support.class_index }] = weights:t()
  self.bias[support.class_index] = mean(self.bias)
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
    self.learned = nj.zeros { classes }        -- 1 for a word that was learned
    self.learned[base.class_index] = 1
    self.means, self.labels = base:class_means(), base.class_index
  end,

  learn = function(self, support)
    local options, x, labels = self.options, support.features, support.labels
    if options.replay then
      x = nj.cat { x, self.means }
      labels = nj.cat { labels, self.labels }
    end
    imprint(self, support)
    local changes = options.rows == "new" and 1 - self.learned or 1
    self.learned[support.class_index] = 1
    self.means = nj.cat { self.means, support:class_means() }
    self.labels = nj.cat { self.labels, support.class_index }
    local masked = (self.learned - 1) * 1e9    -- rules out words that were not learned yet
    local weight, bias = self.weight:clone():requires_grad_(), self.bias:clone():requires_grad_()
    local optimizer = nj.optim.Adam({ weight, bias }, { lr = options.lr })
    for _ = 1, options.steps do
      optimizer:zero_grad()
      nj.loss.cross_entropy(x:matmul(weight) + bias + masked, labels):backward()
      weight.grad = weight.grad * changes
      bias.grad = bias.grad * changes
      optimizer:step()
    end
    self.weight, self.bias = weight:detach(), bias:detach()
  end,

  scores = function(self, features) return features:matmul(self.weight) + self.bias end,
}
