-- An optimizer written in Lua: Lion (Chen et al. 2023, arXiv 2302.06675) steps by the sign of a momentum, beside Adam.
-- nightjar run scripts/rules/lion.lua
local nj = require "nightjar"
local nn = nj.nn
local digits = require "data.digits"
local options = nj.run.options { epochs = { default = 15 }, lr = { default = 1e-3 }, weight_decay = { default = 0.01 } }
local train, test = digits(1, 60, 50), digits(2, 1, 2000)

-- Has the interface of nj.optim.Adam: step, zero_grad, lr.
local Lion = {}
Lion.__index = Lion

function Lion.new(parameters, o)
  local self = setmetatable({ parameters = parameters, lr = o.lr, momenta = {} }, Lion)
  self.beta1, self.beta2, self.weight_decay = o.beta1 or 0.9, o.beta2 or 0.99, o.weight_decay or 0
  for i, p in ipairs(parameters) do self.momenta[i] = nj.zeros(p.shape) end
  return self
end

function Lion:zero_grad()
  for _, p in ipairs(self.parameters) do p.grad = nil end
end

function Lion:step()
  nj.no_grad(function()
    for i, p in ipairs(self.parameters) do
      local m, g = self.momenta[i], p.grad
      if g then
        p:sub_(((m * self.beta1 + g * (1 - self.beta1)):sign() + p * self.weight_decay) * self.lr)
        m:mul_(self.beta2):add_(g * (1 - self.beta2))
      end
    end
  end)
end

local function trained(optimize)
  nj.seed(3)
  local model, losses = nn.Sequential { nn.Linear(35, 128), nn.ReLU(), nn.Linear(128, 10) }, {}
  nj.train {
    model = model, batches = train, epochs = options.epochs, optimizer = optimize(model:parameters()),
    on_epoch = function(_, loss) losses[#losses + 1] = loss end,
  }
  return nj.accuracy(model, test), losses
end

local lion, lions = trained(function(p) return Lion.new(p, options) end)
local adam, adams = trained(function(p) return nj.optim.Adam(p, { lr = 3 * options.lr }) end)   -- as the paper says
print(("Lion %.3f, Adam %.3f on new digits"):format(lion, adam))
nj.run.figure("lion", nj.plot.lines {
  series = { { name = "Lion", y = lions }, { name = "Adam", y = adams } },
  title = "Training by Lion and by Adam", x_label = "epoch", y_label = "loss", caption = "digits of dots",
})
assert(lion > 0.9 and lions[#lions] < lions[1] / 4, "Lion does not learn")
