-- Every shipped recipe trains a small network on three kinds of wave, with each of its options.
local nj = require "nightjar"
local nn = nj.nn
local random = nj.random(5)

-- Data as recipes get it: batches (size, time, channel), here three pitches in four channels, with noise.
local function batches(count)
  local list = {}
  for i = 1, count do
    local labels = random:randint(1, 3, { 30 })
    local phase = nj.arange(0, 23):unsqueeze(1) * (labels:to "float32" * 0.4):unsqueeze(2) + random:rand(30, 1) * 6
    local waveforms = nj.stack({ phase:sin(), phase:cos(), (phase * 0.5):sin(), (phase * 0.5):cos() }, 3)
    list[i] = { features = waveforms + random:randn(30, 24, 4) * 0.3, labels = labels }
  end
  return list
end
local train, test = batches(10), batches(4)
local data = { size = "quick", batches = function() return train end }
local context = {
  log = function(_, value) assert(value == value, "the loss is NaN") end,
  report = function() end,
}

local function accuracy(name, options)
  nj.seed(1)
  local model = nn.Sequential {
    nn.Conv1d(4, 16, 5), nn.BatchNorm1d(16), nn.ReLU(), nn.GlobalAvgPool1d(), nn.Linear(16, 3),
  }
  options.epochs = 24
  local trained = nj.plugin("recipe", name).new(options, 1):train(model, data, context)
  return nj.accuracy(trained, test)
end

for _, case in ipairs {
  { "cross_entropy", {} }, { "cross_entropy", { label_smoothing = 0.1, masks = 1, mix_up = 0.2 } },
  { "cosine", {} }, { "cosine", { margin = 0.3, scale = 8.0, masks = 1, mix_up = 1.0, label_smoothing = 0.1 } },
  { "etf", {} }, { "etf", { masks = 2, mix_up = 0.5 } },
  { "supcon", {} }, { "supcon", { projected = 8, temperature = 0.5 } },
} do
  local result = accuracy(case[1], case[2])
  assert(result > 0.9, ("%s with %s: accuracy %.2f"):format(case[1], nj.json.encode(case[2]), result))
end

-- One seed gives one network.
assert(accuracy("cosine", { mix_up = 0.2, masks = 1 }) == accuracy("cosine", { mix_up = 0.2, masks = 1 }))

-- A recipe says why it cannot train a network.
local function refused(name, model, words)
  local ok, message = pcall(function() nj.plugin("recipe", name).new({}, 1):train(model, data, context) end)
  assert(not ok and tostring(message):find(words, 1, true), tostring(message))
end
refused("etf", nn.Sequential { nn.GlobalAvgPool1d(), nn.Linear(4, 7) }, "at least as many numbers")
refused("cosine", nn.Sequential { nn.Conv1d(4, 3, 3), nn.GlobalAvgPool1d() }, "a last nn.Linear with a bias")
