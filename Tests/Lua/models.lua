-- Every shipped model learns to distinguish four kinds of sound that differ only in their course over time.
local nj = require "nightjar"
local random = nj.random(5)
local task = { input = { time = 128, channels = 3 }, classes = 4 }

-- A low, a high, a rising and a falling pitch, with noise: single time steps carry no information.
local first, last = nj.tensor { 0.3, 0.9, 0.3, 0.9 }, nj.tensor { 0.3, 0.9, 0.9, 0.3 }
local function batches(count)
  local list, t = {}, nj.arange(0, task.input.time - 1):unsqueeze(1)
  for i = 1, count do
    local labels = random:randint(1, 4, { 32 })
    local from, to = first:index_select(1, labels):unsqueeze(2), last:index_select(1, labels):unsqueeze(2)
    local phase = t * from + t * t * (to - from) / (2 * task.input.time) + random:rand(32, 1) * 2 * math.pi
    local waveforms = nj.stack({ phase:sin(), phase:cos(), phase:sin() * 0 }, 3)
    list[i] = { features = waveforms + random:randn(32, task.input.time, 3) * 0.3, labels = labels }
  end
  return list
end
local train, test = batches(16), batches(4)
local data = { size = "quick", batches = function() return train end }
local context = { log = function() end, report = function() end }

local function trained(name, options)
  nj.seed(1)
  local model = nj.plugin("model", name).build(options, task)
  return nj.plugin("recipe", "cross_entropy").new({ epochs = 8 }, 1):train(model, data, context):eval()
end

for name, options in pairs {
  m5 = { channels = 8 },
  small_conv = { channels = 8 },
  tcn = { channels = 8, kernel = 5 },
  ds_cnn = { channels = 16, layers = 2 },
  resnet1d = { width = 0.5 },
  ssm = { channels = 16, states = 8, layers = 2 },
  gru = { width = 16 },
  radlif = { width = 48 },
} do
  local model, x = trained(name, options), test[1].features
  local accuracy = nj.accuracy(model, test)
  assert(accuracy > 0.9, ("%s: accuracy %.2f"):format(name, accuracy))
  local embedding = model:features(x)
  assert(embedding:dim() == 2 and model:readout(embedding):allclose(model(x)), name .. ": readout")
  assert(trained(name, options)(x):eq(model(x)):all():item(), name .. ": one seed, other scores")
  -- A single clip and a shorter one have scores too. Whether a neuron spikes can depend on the last bit of a sum.
  local one, all = model(x:slice(1, 1, 1)), model(x)
  if name == "radlif" then assert(one:argmax(2)[1] == all:argmax(2)[1], name .. ": a clip")
  else assert(one:allclose(all:slice(1, 1, 1), { atol = 1e-4 }), name .. ": a clip") end
  assert(model(x:slice(2, 1, 100)).shape[2] == 4, name .. ": shorter clips")
end

-- The recurrence of a state space layer equals its convolution.
local layer = nj.plugin("model", "ssm").build({ channels = 5, states = 3 }, task)[3].body[1]
local x, dt = random:randn(2, 40, 5), layer.log_dt:exp()
local decay, angle = (layer.log_decay:exp() * dt):neg():exp(), layer.frequency * dt
local real, imag = nj.zeros(2, 5, 3), nj.zeros(2, 5, 3)
for t = 1, 40 do
  local input = x:select(2, t):unsqueeze(3)
  real, imag = (real * angle:cos() - imag * angle:sin()) * decay + input,
    (real * angle:sin() + imag * angle:cos()) * decay
  local y = (real * layer.c_real - imag * layer.c_imag):sum(3) * dt:squeeze(2) * 2 + x:select(2, t) * layer.d
  assert(y:allclose(layer(x):select(2, t), { atol = 1e-4 }), "step " .. t)
end

-- An error names the layer or option that is too long for the input.
task.input.time = 60
for _, case in ipairs {
  { "m5", { kernel = 61 }, "layer conv1," }, { "m5", {}, "layer conv4," },
  { "small_conv", { kernel = 61 }, "layer 0," }, { "ssm", { stride = 61 }, "layer stem," },
  { "tcn", { kernel = 61 }, "kernel" }, { "tcn", { layers = 7 }, "layers" },
  { "ds_cnn", { kernel = 61 }, "kernel" }, { "ds_cnn", { stride = 60 }, "stride" },
  { "resnet1d", { kernel = 61 }, "kernel" }, { "resnet1d", { kernel = 4 }, "kernel" },
} do
  local name, options, words = table.unpack(case)
  local plugin = nj.plugin("model", name)
  local ok, message = pcall(function() return plugin.build(options, task)(nj.zeros(2, 60, 3)) end)
  assert(not ok and tostring(message):find(words, 1, true), name .. ": " .. tostring(message))
end
