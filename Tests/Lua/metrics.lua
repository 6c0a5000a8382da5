-- NeuroBench's metrics on the networks of the golden fixture: equal to NeuroBench 2.3.0, except where it is doubtful.
local nj = require "nightjar"
local nn = nj.nn

local path = "Tests/Fixtures/golden/metrics"
local stored = nj.load(path .. ".safetensors")
local golden = nj.json.decode(nj.fs.read(path .. ".json")).models

-- A recurrent cell, then a readout of its last state.
local Recurrent = nn.module {
  name = "Recurrent",
  init = function(self, cell) self.cell, self.out = cell, nn.Linear(8, 2) end,
  forward = function(self, x) return self.out(self.cell(x):select(2, -1)) end,
}

local function rnn()                             -- written in Lua, as the host has no such layer
  return nn.recurrent {
    name = "rnn", state = { h = { 8 } },
    init = function(self) self.ih, self.hh = nn.Linear(6, 8), nn.Linear(8, 8) end,
    step = function(self, x, state)
      state.h = (self.ih(x) + self.hh(state.h)):tanh()
      return state.h
    end,
  }
end

local function plugin(name, options, time, classes)
  return nj.plugin("model", name).build(options, { input = { time = time, channels = 20 }, classes = classes })
end

local networks = {
  m5 = plugin("m5", { channels = 16 }, 201, 20),
  tcn = plugin("tcn", { channels = 16, kernel = 5, layers = 3 }, 60, 10),
  lstm = Recurrent(nn.LSTM(6, 8)),
  gru = Recurrent(nn.GRU(6, 8)),
  rnn = Recurrent(rnn()),
  mlp_binary = nn.Sequential { nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 16), nn.Sigmoid(), nn.Linear(16, 5) },
  snn_leaky = nn.Sequential {
    { "fc1", nn.Linear(12, 16) }, { "lif1", nn.Leaky { beta = 0.9 } },
    { "fc2", nn.Linear(16, 5) }, { "lif2", nn.Leaky { beta = 0.8 } },
  },
}

-- Our names for the states of the fixture.
local renamed = {
  lstm = function(key) return (key:gsub("^(cell%..*)$", "%1_l0")) end,
  rnn = function(key) return (key:gsub("^cell%.(%a+)_(%a+)$", "cell.%2.%1")) end,
}
renamed.gru = renamed.lstm

local function load(name)
  local state, prefix = {}, name .. "/state/"
  for key, tensor in pairs(stored) do
    if key:sub(1, #prefix) == prefix then
      key = key:sub(#prefix + 1)
      state[renamed[name] and renamed[name](key) or key] = tensor
    end
  end
  return networks[name]:load_state(state):eval()
end

local function batches(name)
  local x, y = stored[name .. "/input"], stored[name .. "/target"]
  if golden[name].values.ClassificationAccuracy then y = y + 1 end
  if name == "m5" or name == "tcn" then x = x:transpose(-2, -1) end        -- batch, channel, time
  return {
    { features = x:slice(1, 1, 4), labels = y:slice(1, 1, 4) },
    { features = x:slice(1, 5, 7), labels = y:slice(1, 5, 7) },
  }
end

local function run(name, strict)
  local model, metrics = load(name), {}
  for metric in pairs(golden[name].values) do metrics[#metrics + 1] = nj.metrics[metric] end
  return nj.benchmark {
    model = model, batches = batches(name), workload = metrics, strict_neurobench = strict,
    postprocessors = name == "snn_leaky" and { function(spikes) return spikes:sum(2) end } or {},
  }:run()
end

local tolerances = { MSE = 1e-5, SMAPE = 1e-3, R2 = 1e-6, ActivationSparsity = 1e-7, ClassificationAccuracy = 1e-7 }

-- Intended differences: the dense operations of an LSTM do not depend on its state; in a GRU (1 − z)·n counts as a
-- product also where the mask that NeuroBench uses instead of z is 1; a network without activations has no activation
-- sparsity; sparsities are not rounded.
local own = {
  lstm = { Dense = 33152 / 7 },
  gru = { Effective_MACs = 16837 / 7 },
  ActivationSparsity = { lstm = false, gru = false, rnn = false },
  ConnectionSparsity = 5e-5,
}

local function expect(name, metric, actual, wanted, tolerance)
  assert(actual, name .. ": no value of " .. metric)
  local what = ("%s %s: %.12g, NeuroBench %.12g"):format(name, metric, actual, wanted)
  assert(math.abs(actual - wanted) <= (tolerance or 0) + 1e-12 * math.abs(wanted), what)
end

for name, row in pairs(golden) do
  for _, strict in ipairs { true, false } do
    local results = run(name, strict)
    assert(results.samples == 7)
    for metric, wanted in pairs(row.values) do
      local tolerance = tolerances[metric]
      if metric == "ConnectionSparsity" then tolerance = not strict and own.ConnectionSparsity or 0 end
      if metric == "ActivationSparsity" and not strict and own.ActivationSparsity[name] == false then
        assert(results.failures.ActivationSparsity:find "has no ReLU")
      elseif metric == "ConnectionSparsity" and name == "rnn" then
        assert(results[metric] < 0.25)           -- biases count in recurrent layers only
      elseif type(wanted) == "table" then
        for part, number in pairs(wanted) do
          if not strict and own[name] and own[name][part] then number = own[name][part] end
          expect(name, part, results[metric][part], number)
        end
      else
        expect(name, metric, results[metric], wanted, tolerance)
      end
    end
    -- Layer by layer, where our layers have the fixture's names.
    for _, layer in ipairs(results.layers) do
      local counts = row.per_layer[layer.name]
      if counts and strict then
        for part in pairs(counts) do
          if part ~= "calls" then assert(layer[part] == counts[part], name .. " " .. layer.name .. " " .. part) end
        end
      end
    end
  end
end

-- A neuron written in Lua is measured like the host's own, if it declares which state is its membrane.
local leaky = nn.recurrent {
  name = "leaky", state = { u = { 16 } }, membrane = "u",
  step = function(_, x, state)
    state.u = state.u * 0.9 + x - state.u:gt(1):to "float32"
    return (state.u - 1):spike("arctan", 2)
  end,
}
local current = nj.randn(5, 20, 16) * 2
local own_leaky, scripted = nn.Leaky { beta = 0.9 }, nn.Sequential { leaky }
for _, metric in ipairs { "MembraneUpdates", "ActivationSparsity" } do
  local host = nj.metrics[metric](own_leaky, current)
  assert(host == nj.metrics[metric](scripted, current), metric)
end

-- Functions count like modules, whatever views of weights and inputs they use.
local plain, head = nj.randn(6, 4), nj.randn(1, 3, 4, 5)
local function functional(name, init, forward) return nn.module { name = name, init = init, forward = forward }() end
local function none() end
local function weight(rows) return function(self) self.w = nj.randn(rows, 4):requires_grad_() end end
local half = functional("half", function(self)                 -- rows 1 to 3 are 0, rows 4 to 6 are 1
  self.w = nj.cat({ nj.zeros(3, 4), nj.ones(3, 4) }, 1):requires_grad_()
end, function(self, x)
  return x:matmul(self.w:slice(1, 1, 3):transpose(1, 2)) + x:matmul(self.w:slice(1, 4, 6):transpose(1, 2))
end)
assert(nj.metrics.SynapticOperations(half, nj.rand(2, 4) + 2).Effective_MACs == 12)
local cases = {
  { 420, functional("heads", none, function(_, x) return x:unsqueeze(2):matmul(head) end) },
  { 168, functional("left", none, function(_, x) return plain:matmul(x:transpose(2, 3)) end) },
  { 168, functional("einsum", weight(6), function(self, x) return nj.einsum("bti,oi->bto", x, self.w) end) },
  { 112, functional("buffer", function(self)
    self.kept, self.l = nj.zeros(2, 7, 4), nn.Linear(4, 4, { bias = false })
  end, function(self, x)
    self.kept:copy_(x)
    return self.kept:matmul(self.l.weight)
  end) },
}
for _, case in ipairs(cases) do
  local dense = nj.metrics.SynapticOperations(case[2], nj.randn(2, 7, 4)).Dense
  assert(dense == case[1], ("%s: %g"):format(case[2], dense))
end

-- The full-size network, whose count of dense operations is published.
local m5 = plugin("m5", {}, 201, 200):eval()
assert(nj.metrics.Footprint(m5) == 6028096 and nj.metrics.ParameterCount(m5) == 1503944)
assert(nj.metrics.SynapticOperations(m5, nj.randn(2, 201, 20)).Dense == 25919488)
