-- NeuroBench's LSTM for series: windows of the last values, normalised, an LSTM, a readout of its rectified output.
local nj = require "nightjar"
local nn = nj.nn

-- The windows of values (time, channel) that end at each of them, with zeros before: (time, window · channel).
local function windows(values, length)
  local padded = nj.cat({ nj.zeros { length - 1, values:size(2) }, values }, 1)
  local columns = {}
  for offset = 1, length do table.insert(columns, padded[{ { offset, offset + #values - 1 } }]) end
  return nj.cat(columns, 2)
end

-- One step of the LSTM by its weights, gates in PyTorch's order: (batch, in), (batch, width), (batch, width).
local function cell(lstm, x, output, memory)
  local gates = x:matmul(lstm.weight_ih_l0:t()) + lstm.bias_ih_l0
  gates = gates + output:matmul(lstm.weight_hh_l0:t()) + lstm.bias_hh_l0
  local i, f, g, o = table.unpack(gates:chunk(4, 2))
  memory = f:sigmoid() * memory + i:sigmoid() * g:tanh()
  return o:sigmoid() * memory:tanh(), memory
end

return nj.model {
  name = "lstm",
  summary = "Long short-term memory and a readout of its last output (Hochreiter and Schmidhuber 1997; NeuroBench's)",
  api = 1,
  options = {
    width = { default = 40, min = 1, help = "units" },
    window = { type = "integer", min = 1, help = "values that a step sees; 1, or the task's: 50 for series" },
    epochs = { default = 200, min = 1, help = "of a fit to a series" },
    lr = { default = 0.005, min = 0 },
    weight_decay = { default = 0.001, min = 0 },
  },

  build = function(options, task)
    local width, window = options.width, options.window or 1
    local inputs = task.input.channels * window
    local Network = nn.module {
      name = "LSTMModel",
      init = function(self)
        self.norm = nn.LayerNorm(inputs)
        self.lstm = nn.LSTM(inputs, width)
        self.act = nn.ReLU()
        self.output = nn.Linear(width, task.classes)
      end,
      forward = function(self, x)                -- (batch, time, channel) → the readout of the last output
        local seen = {}
        for sample = 1, #x do seen[sample] = windows(x[sample], window):unsqueeze(1) end
        return self.output(self.act(self.lstm(self.norm(nj.cat(seen, 1)))[{ {}, -1 }]))
      end,
    }
    local net = Network()
    net.start = function()
      return { h = nj.zeros { 1, width }, c = nj.zeros { 1, width }, seen = nj.zeros { 1, inputs } }
    end
    net.step = function(x, state)
      local seen = window == 1 and x or nj.cat({ state.seen[{ {}, { task.input.channels + 1, -1 } }], x }, 2)
      local h, c = cell(net.lstm, net.norm(seen), state.h, state.c)
      return net.output(net.act(h)), { h = h, c = c, seen = seen }
    end
    -- Trains on one series, (time, channel): the mean squared error of every next value, by Adam.
    net.fit = function(values, targets)
      local x, y = windows(values, window):unsqueeze(1), targets:unsqueeze(1)
      local none = nj.tensor({ 1 }, { dtype = "int32" })    -- in place of classes
      local optimizer = nj.optim.Adam(net:parameters(), { lr = options.lr, weight_decay = options.weight_decay })
      nj.train {
        model = net, epochs = options.epochs, optimizer = optimizer, batches = { { features = x, labels = none } },
        step = function(_, batch)
          local predicted = net.output(net.act(net.lstm(net.norm(batch.features))))
          return nj.loss.mse(predicted, y)
        end,
      }
    end
    return net
  end,
}
