-- A trained network's forecast of a series, with NeuroBench's measurements.
local nj = require "nightjar"
local nn = nj.nn

local static = { "Footprint", "ConnectionSparsity" }
local workload = { "SMAPE", "SynapticOperations" }

-- A network that goes on from a state: of what it is given, (1, steps, 1), it sees the first value. A forecast that
-- leaves all bounds ends at one of 1e30, which float32 still holds: its error is the whole 200.
local Forecast = nn.module {
  name = "forecast",
  init = function(self, net, start)
    self.net = net
    self.start = function() return start end     -- a field with a tensor would be a buffer of the network
  end,
  forward = function(self, x)
    local predictions, value, state = {}, x[{ {}, 1 }], self.start()
    for time = 1, x:size(2) do
      value, state = self.net.step(value, state)
      value = value:clamp(-1e30, 1e30)
      predictions[time] = value
    end
    return nj.cat(predictions, 2):unsqueeze(3)
  end,
}

-- Whether a network has layers whose outputs can be 0; tanh, as in a reservoir, has none.
local function has_activations(net)
  for _, part in ipairs(net:children()) do
    if tostring(part[2]):find "^ReLU" or has_activations(part[2]) then return true end
  end
  return false
end

-- The forecast of what follows the points (time, 1) up to `first`, with its measurements.
return function(net, values, first)
  local state = net.start()
  nj.no_grad(function()
    for time = 1, first do
      local _
      _, state = net.step(values[{ { time, time } }], state)
    end
  end)
  local inputs = values[{ { first + 1, -2 } }]:unsqueeze(1)
  local labels = values[{ { first + 2, -1 } }]:unsqueeze(1)
  local model = Forecast(net, state)
  local metrics = { table.unpack(workload) }
  if has_activations(net) then table.insert(metrics, "ActivationSparsity") end
  local results = nj.benchmark {
    model = model, batches = { { features = inputs, labels = labels } }, static = static, workload = metrics,
  }:run()
  return results, nj.no_grad(function() return model(inputs) end):flatten(), labels:flatten()
end
