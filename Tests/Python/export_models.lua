-- Exports models of every built-in layer into nj.run.out: NAME.onnx or NAME.nir, with NAME.npz (input, output, state).
-- check_exports.py compares these with the results of other programs.
local nj = require "nightjar"
local nn = nj.nn
local random = nj.random(7)
local task = { input = { time = 101, channels = 20 }, classes = 12 }

-- Random weights and statistics: no norm stays the identity, which would hide mistakes.
local function randomized(model)
  for name, tensor in pairs(model:state()) do
    if name:find("running_var", 1, true) then tensor:copy_(random:rand(tensor.shape) + 0.5)
    elseif name:find("running_mean", 1, true) then tensor:copy_(random:randn(tensor.shape) * 0.2) end
  end
  for _, parameter in ipairs(model:parameters()) do
    nj.no_grad(function() parameter:add_(random:randn(parameter.shape) * 0.02) end)
  end
  return model:eval()
end

local function export(name, format, model, x, input, options)
  options = options or {}
  options.input = input
  nj.export(("%s/%s.%s"):format(nj.run.out, name, format), randomized(model), options)
  local record = { input = x, output = model(x) }
  -- A shorter clip, for files with a free time dimension.
  local short = x:dim() > 1 and input.time and x:slice(2, 1, input.time - 3)
  local fits, output = pcall(function() return model(short) end)
  if fits then record.short, record.short_output = short, output end
  for key, tensor in pairs(model:state()) do record["state/" .. key] = tensor end
  nj.save(("%s/%s.npz"):format(nj.run.out, name), record)
end

local function sequence(time, channels) return random:randn(3, time, channels) end

-- The shipped models.
for name, options in pairs {
  m5 = { channels = 32 }, small_conv = { channels = 16 }, ds_cnn = { channels = 24 }, resnet1d = {},
  gru = { width = 24 },
} do
  local model = nj.plugin("model", name).build(options, task)
  export(name, "onnx", model, sequence(101, 20), task.input)
end

-- The other layers, alone and in combination.
local shared = nn.Linear(6, 6)
local plain = {
  lstm = nn.Sequential {
    { "lstm", nn.LSTM(6, 9) }, { "second", nn.LSTM(9, 5) }, nn.GlobalAvgPool1d(), nn.Linear(5, 3),
  },
  sequence_out = nn.Sequential { nn.GRU(6, 4), nn.Tanh() },
  conv_out = nn.Sequential { nn.Conv1d(6, 8, 5, { padding = 4, dilation = 2, groups = 2, bias = false }), nn.ELU(0.7) },
  flatten = nn.Sequential { nn.Conv1d(6, 4, 3), nn.GELU(), nn.Flatten(), nn.Linear(4 * 38, 3) },
  pools = nn.Sequential {
    nn.MaxPool1d(3, { stride = 2, padding = 1 }), nn.AvgPool1d(4, { stride = 3, padding = 2 }), nn.LayerNorm(6),
    nn.Linear(6, 5, { bias = false }), nn.Sigmoid(), nn.Dropout(0.5), nn.BatchNorm1d(5, { eps = 0.01 }),
  },
  residual = nn.Sequential {
    nn.Residual(nn.Sequential { nn.Conv1d(6, 6, 3, { padding = 1 }), nn.LayerNorm(6, { eps = 0.1 }) }),
    nn.Residual(nn.Conv1d(6, 7, 3, { padding = 1 }), nn.Linear(6, 7)), nn.GlobalAvgPool1d(),
  },
  shared = nn.Sequential { shared, nn.Tanh(), shared },
  nothing = nn.Sequential { nn.Dropout(0.1) },
  conv_lif = nn.Sequential { nn.Conv1d(6, 16, 3), nn.BatchNorm1d(16), nn.LIF(16), nn.AvgPool1d(2), nn.GRU(16, 3) },
  lif = nn.Sequential { nn.Linear(6, 16), nn.LIF(16), nn.Linear(16, 8), nn.GlobalAvgPool1d() },
  leaky_zero = nn.Sequential { nn.Linear(6, 16), nn.Leaky { beta = 0.8, reset = "zero", threshold = 0.5 } },
  leaky_none = nn.Sequential { nn.Linear(6, 16), nn.Leaky { reset = "none", learn_beta = true } },
  leaky_graded = nn.Sequential { nn.Linear(6, 16), nn.Leaky { threshold = 0.6 } },
  leaky_subtract = nn.Sequential { nn.Linear(6, 16), nn.Leaky { threshold = 0.6 } },
  radlif = nn.Sequential { nn.RadLIF(6, 12), nn.LeakyReadout(12, 4) },
}
plain.leaky_graded[2].graded_spikes_factor:fill_(2.5)
for name, model in pairs(plain) do
  -- Loud enough for neurons to spike that receive a tenth of the input.
  local x = sequence(40, 6) * (name:find("lif", 1, true) and 8 or 1)
  export(name, "onnx", model, x, { time = 40, channels = 6 })
end

local words = nn.Sequential { nn.Embedding(11, 6), nn.GRU(6, 4), nn.GlobalAvgPool1d() }
export("embedding", "onnx", words, random:randint(1, 11, { 3, 7 }), { time = 7 })
export("vector", "onnx", nn.Sequential { nn.Linear(6, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Flatten() },
  random:randn(3, 6), { channels = 6 })

-- NIR: neurons of every kind, and a convolution without neurons.
local function spiking(neurons)
  return nn.Sequential {
    { "first", nn.Linear(6, 16) }, { "neurons", neurons }, { "last", nn.Linear(16, 4, { bias = false }) },
  }
end
local graded = nn.Leaky { threshold = 0.5 }
graded.graded_spikes_factor:fill_(2.5)
for name, neurons in pairs {
  nir_graded = graded, nir_lif = nn.LIF(16), nir_subtract = nn.Leaky { beta = 0.8, threshold = 0.5 },
  nir_zero = nn.Leaky { beta = 0.9, reset = "zero", threshold = 0.7, learn_beta = true },
  nir_none = nn.Leaky { reset = "none" },
} do
  local x = sequence(40, 6) * (name == "nir_lif" and 8 or 1)
  export(name, "nir", spiking(neurons), x, { time = 40, channels = 6 }, { dt = 0.01 })
end
for _, reset in ipairs { "subtract", "zero", "none" } do
  local model = nn.Sequential { { "first", nn.Linear(6, 16) }, { "neurons", nn.Leaky { beta = 1, reset = reset } } }
  export("nir_lossless_" .. reset, "nir", model, sequence(20, 6), { time = 20, channels = 6 })
end
local convolution = nn.Sequential {
  nn.Conv1d(6, 5, 3, { stride = 2, padding = 1 }), nn.Conv1d(5, 4, 3, { dilation = 2, bias = false }), nn.Flatten(),
  nn.Dropout(0.2), nn.Linear(4 * 16, 3), nn.Linear(3, 2),
}
export("nir_conv", "nir", convolution, sequence(40, 6), { time = 40, channels = 6 })
