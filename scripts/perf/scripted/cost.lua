-- What a neuron and an optimizer written in Lua cost: time divided by that of the native ones, in turns, in one run.
-- nightjar run scripts/perf/scripted/cost.lua [--set width=1024] [--set rounds=7] [--threads 1]
local nj = require "nightjar"
local nn = nj.nn
local options = nj.run.options { width = { default = 1024, min = 1 }, rounds = { default = 7, min = 1 } }

-- The smallest time of each side; the first round is for warming up.
local function compare(name, native, scripted)
  local best = { native = math.huge, scripted = math.huge }
  local sides = { native = native, scripted = scripted }
  for round = 0, options.rounds do
    for _, side in ipairs(round % 2 == 0 and { "native", "scripted" } or { "scripted", "native" }) do
      local start = nj.time()
      sides[side]()
      if round > 0 then best[side] = math.min(best[side], nj.time() - start) end
    end
  end
  local native_ms, scripted_ms = best.native * 1e3, best.scripted * 1e3
  local line = "%-22s native %8.1f ms   in Lua %8.1f ms   %.2f"
  print(line:format(name, native_ms, scripted_ms, scripted_ms / native_ms))
end

-- RadLIF neurons with the parameters of the native layer.
local layer = nn.RadLIF(20, options.width)
local alpha, beta, a, b, rest
local neurons = nn.recurrent {
  state = { u = { options.width }, w = { options.width }, s = { options.width } },
  step = function(_, current, state)
    local slow = state.w * beta + state.u * a + state.s * b
    local drive = current + layer.V(state.s) - slow
    state.u = (state.u - state.s) * alpha + drive * rest
    state.s = (state.u - 1):spike("boxcar", 0.5)
    state.w = slow
    return state.s
  end,
}
local function in_lua(x)
  alpha = layer.alpha:clamp(math.exp(-1 / 5), math.exp(-1 / 25))
  beta = layer.beta:clamp(math.exp(-1 / 30), math.exp(-1 / 120))
  a, b, rest = layer.a:clamp(-1, 1), layer.b:clamp(0, 2), 1 - alpha
  return neurons(layer.norm(layer.W(x)))
end
local x = nj.randn { 64, 201, 20 } * 4
layer(x)                                             -- clears the diagonal of V
layer:eval()
nj.no_grad(function() assert(layer(x):allclose(in_lua(x)), "the two sides compute different spikes") end)
local function infer(run) return function() nj.no_grad(function() return run(x) end) end end
compare("RadLIF, inference", infer(layer), infer(in_lua))
compare("RadLIF, training", function() layer(x):mean():backward() end, function() in_lua(x):mean():backward() end)

-- Adam on 10 million parameters; the numbers that change from step to step are tensors.
local parameter, gradient = nj.randn { 10000000 }, nj.randn { 10000000 }
local own = parameter:clone()
local mean, square, count = nj.zeros { 10000000 }, nj.zeros { 10000000 }, 0
local update = nj.fuse(function(p, g, m, v, rate, scale)
  m = m * 0.9 + g * 0.1
  v = v * 0.999 + g * g * 0.001
  return p - m * rate / ((v * scale):sqrt() + 1e-8), m, v
end)
parameter:requires_grad_()
parameter.grad = gradient
local optimizer = nj.optim.Adam({ parameter }, { lr = 0.001 })
compare("Adam", function() optimizer:step() end, function()
  count = count + 1
  local rate, scale = nj.tensor(0.001 / (1 - 0.9 ^ count)), nj.tensor(1 / (1 - 0.999 ^ count))
  local updated
  updated, mean, square = update(own, gradient, mean, square, rate, scale)
  own:copy_(updated)
end)
assert(own:allclose(parameter:detach(), { rtol = 1e-4, atol = 1e-5 }), "the two sides compute different parameters")
