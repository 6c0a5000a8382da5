local nj = require "nightjar"
local nn = nj.nn

-- Each channel x is filtered by a linear system of its own: h' = A·h + x, y = Re(2·C·h) + D·x, with A complex and
-- diagonal. It is computed as a convolution with the kernel dt·Re(2·Σ C·exp(dt·A·t)).
-- Note: the factor of the input, (exp(dt·A) − 1)/A in the paper, is dt here; C, which is learned, compensates for it.
local Diagonal = nn.module {
  name = "Diagonal",
  init = function(self, channels, states)
    self.log_dt = (nj.rand(channels, 1) * math.log(100) + math.log(0.001)):requires_grad_()
    self.log_decay = nj.full({ channels, states }, math.log(0.5)):requires_grad_()   -- S4D-Lin: A = −½ + iπn
    self.frequency = (nj.arange(0, states - 1) * math.pi):expand(channels, -1):clone():requires_grad_()
    self.c_real = nj.randn(channels, states):requires_grad_()
    self.c_imag = nj.randn(channels, states):requires_grad_()
    self.d = nj.randn(channels):requires_grad_()
  end,
  forward = function(self, x)
    local time, dt = x:size(2), self.log_dt:exp()
    local t = nj.arange(0, time - 1) * dt:unsqueeze(3)                               -- (channel, 1, time)
    local angle = self.frequency:unsqueeze(3) * t
    local wave = angle:cos() * self.c_real:unsqueeze(3) - angle:sin() * self.c_imag:unsqueeze(3)
    local kernel = ((self.log_decay:exp():unsqueeze(3) * t):neg():exp() * wave):sum(2) * dt * 2
    return nj.conv1d(x:pad(2, time - 1, 0), kernel:flip(2):unsqueeze(2), { groups = #kernel }) + x * self.d
  end,
}

return nj.model {
  name = "ssm",
  summary = "Diagonal state space model: S4D-Lin (Gu et al. 2022, arXiv 2206.11893)",
  api = 1,
  options = {
    channels = { default = 96, min = 1, max = 4096 },
    states = { default = 16, min = 1, max = 1024, help = "complex states of each channel" },
    layers = { default = 3, min = 1, max = 20 },
    stride = { default = 4, min = 1, max = 100, help = "of the first layer, whose kernel is as long" },
    dropout = { default = 0.1, min = 0, max = 0.9 },
  },

  build = function(options, task)
    local c, stride = options.channels, options.stride
    local layers = {
      { "stem", nn.Conv1d(task.input.channels, c, stride, { stride = stride }) },
      nn.BatchNorm1d(c),
    }
    for _ = 1, options.layers do
      local filter = { Diagonal(c, options.states), nn.GELU(), nn.Linear(c, c), nn.Dropout(options.dropout) }
      table.insert(layers, nn.Residual(nn.Sequential(filter)))
      table.insert(layers, nn.BatchNorm1d(c))
    end
    return nn.Sequential { layers, nn.GlobalAvgPool1d(), nn.Linear(c, task.classes) }
  end,
}
