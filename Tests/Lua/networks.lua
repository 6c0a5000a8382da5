-- Networks: layers as PyTorch names them, sequences as (batch, time, channel).
local nj = require "nightjar"
local nn = nj.nn
nj.seed(1)

-- Parts one after another; a part can have a name.
local m = nn.Sequential {
  { "conv", nn.Conv1d(4, 8, 3) },
  nn.BatchNorm1d(8),
  nn.ReLU(),
  nn.GlobalAvgPool1d(),
  { "output", nn.Linear(8, 3) },
}
local x = nj.randn(2, 10, 4)
assert(m(x):size(2) == 3)

-- What a layer computes, with a weight that may come from anywhere.
local conv = nn.Conv1d(4, 8, 3, { stride = 2, padding = 1, groups = 2 })
assert(nj.conv1d(x, conv.weight, { stride = 2, padding = 1, groups = 2, bias = conv.bias }):allclose(conv(x)))

-- The readout is the last Linear: what comes before it is the embedding.
m:eval()
assert(m:features(x):size(2) == 8)
assert(m:readout(m:features(x)):allclose(m(x)))

-- A module in Lua: modules, lists of modules and learned tensors put into `self` are found.
local Net = nn.module {
  name = "Net",
  init = function(self, inputs, width, classes)
    self.input = nn.Linear(inputs, width)
    self.blocks = {}
    for i = 1, 2 do self.blocks[i] = nn.Sequential { nn.Linear(width, width), nn.Tanh() } end
    self.scale = nj.ones(width):requires_grad_()
    self.output = nn.Linear(width, classes)
  end,
  features = function(self, x)
    x = self.input(x)
    for _, block in ipairs(self.blocks) do x = x + block(x) end
    return x * self.scale
  end,
  readout = function(self, f) return self.output(f) end,
  forward = function(self, x) return self:readout(self:features(x)) end,
}
local net = Net(2, 16, 2)
assert(net:named_parameters()["blocks.1.0.weight"])

-- Two rings of points, and a loop by hand.
local angle = nj.rand(200) * 2 * math.pi
local radius = nj.cat { nj.full({ 100 }, 1), nj.full({ 100 }, 2) }
local points = nj.stack({ angle:cos() * radius, angle:sin() * radius }, 2)
local labels = nj.cat { nj.full({ 100 }, 1, { dtype = "int32" }), nj.full({ 100 }, 2, { dtype = "int32" }) }
local optimizer = nj.optim.Adam(net:parameters(), { lr = 0.02 })
local first, last
for step = 1, 150 do
  optimizer:zero_grad()
  local loss = nj.loss.cross_entropy(net(points), labels)
  loss:backward()
  optimizer:step()
  first = first or loss:item()
  last = loss:item()
end
assert(last < first / 4, "the loss fell from " .. first .. " to " .. last)

-- The same loop, as everybody writes it.
local other = Net(2, 16, 2)
nj.train {
  model = other, batches = { { features = points, labels = labels } }, epochs = 150,
  optimizer = nj.optim.Adam(other:parameters(), { lr = 0.02 }),
}
assert(nj.accuracy(other, { { features = points, labels = labels } }) > 0.95)

-- States go from one to the other.
other:load_state(net:state())
assert(other(points):allclose(net(points)))
