-- NeuroBench's trained echo state network, esn.pth, computes here in float32 what it computes there in float64.
local nj = require "nightjar"
local golden = nj.load "Tests/Fixtures/series/esn.safetensors"
local net = nj.plugin("model", "esn").build(
  { size = 200, leakage = 0.3 }, { input = { time = 1, channels = 1 }, classes = 1 })
net:load_state {
  ["W.weight"] = golden["W.weight"], ["Win.weight"] = golden["Win.weight"], ["Wout.weight"] = golden["Wout.weight"],
}
net:eval()

-- One step ahead of each point of the series that it was trained on, after 45 points.
local state, value = net.start(), nil
local outputs = {}
nj.no_grad(function()
  for time = 1, #golden.inputs do
    value, state = net.step(golden.inputs[{ { time, time } }]:unsqueeze(2), state)
    if time > 45 then outputs[time - 45] = value end
  end
end)
local difference = (nj.cat(outputs, 1):flatten() - golden.one_step):abs():max():item()
assert(difference < 1e-3, "one step ahead: " .. difference)   -- its readout's weights sum up to 4000

-- Then on by itself: rounding grows as any difference does, by e in 75 points, and by more in this network.
local forecast = { value }
nj.no_grad(function()
  for time = 2, 20 do forecast[time], state = net.step(forecast[time - 1], state) end
end)
difference = (nj.cat(forecast, 1):flatten() - golden.forecast[{ { 1, 20 } }]):abs():max():item()
assert(difference < 0.01, "forecast: " .. difference)
