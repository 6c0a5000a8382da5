-- Networks: layers as PyTorch names them, sequences as (batch, time, channel).
local nj = require "nightjar"
local nn = nj.nn
nj.seed(1)

-- Layers in sequence; a layer can have a name.
local m = nn.Sequential {
  { "conv", nn.Conv1d(4, 8, 3) },
  nn.BatchNorm1d(8),
  nn.ReLU(),
  nn.GlobalAvgPool1d(),
  { "output", nn.Linear(8, 3) },
}
local x = nj.randn(2, 10, 4)
assert(m(x):size(2) == 3)

-- The function that a layer computes, with any tensor as its weight.
local conv = nn.Conv1d(4, 8, 3, { stride = 2, padding = 1, groups = 2 })
assert(nj.conv1d(x, conv.weight, { stride = 2, padding = 1, groups = 2, bias = conv.bias }):allclose(conv(x)))

-- The readout is the last Linear; its input is the embedding.
m:eval()
assert(m:features(x):size(2) == 8)
assert(m:readout(m:features(x)):allclose(m(x)))

-- A module in Lua: modules, lists of modules and learned tensors in `self` become its parts.
local Net = nn.module {
  name = "Net",
  init = function(self, inputs, width, classes)
    self.input = nn.Linear(inputs, width)
    self.blocks = {}
    for i = 1, 2 do self.blocks[i] = nn.Sequential { nn.Linear(width, width), nn.Tanh() } end
    self.scale = nj.ones(width):requires_grad_()
    self.output = nn.Linear(width, classes)
  end,
  features = function(self, inputs)
    local h = self.input(inputs)
    for _, block in ipairs(self.blocks) do h = h + block(h) end
    return h * self.scale
  end,
  readout = function(self, embedding) return self.output(embedding) end,
  forward = function(self, inputs) return self:readout(self:features(inputs)) end,
}
local net = Net(2, 16, 2)
assert(net:named_parameters()["blocks.1.0.weight"])

-- Two rings of points, and a training loop in full.
local angle = nj.rand(200) * 2 * math.pi
local radius = nj.cat { nj.full({ 100 }, 1), nj.full({ 100 }, 2) }
local points = nj.stack({ angle:cos() * radius, angle:sin() * radius }, 2)
local labels = nj.cat { nj.full({ 100 }, 1, { dtype = "int32" }), nj.full({ 100 }, 2, { dtype = "int32" }) }
local optimizer = nj.optim.Adam(net:parameters(), { lr = 0.02 })
local first, last
for _ = 1, 150 do
  optimizer:zero_grad()
  local loss = nj.loss.cross_entropy(net(points), labels)
  loss:backward()
  optimizer:step()
  first = first or loss:item()
  last = loss:item()
end
assert(last < first / 4, ("the loss fell only from %g to %g"):format(first, last))

-- The same loop in one call.
local other = Net(2, 16, 2)
nj.train {
  model = other, batches = { { features = points, labels = labels } }, epochs = 150,
  optimizer = nj.optim.Adam(other:parameters(), { lr = 0.02 }),
}
assert(nj.accuracy(other, { { features = points, labels = labels } }) > 0.95)

-- The state of one network loaded into another.
other:load_state(net:state())
assert(other(points):allclose(net(points)))
