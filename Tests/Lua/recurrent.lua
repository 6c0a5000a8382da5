-- Functions that are recorded once and then run natively: nn.recurrent and nj.fuse, with nj.func inside them.
local nj = require "nightjar"
local nn = nj.nn

local spike = nj.func {
  forward = function(ctx, membrane)
    ctx:save(membrane)
    return membrane:gt(0):to "float32"
  end,
  backward = function(ctx, upstream) return upstream * ctx:saved():abs():le(0.5):to "float32" end,
}

-- The same step, run natively and called from a loop, with the same gradients.
local weight, calls = (nj.randn { 4, 4 } * 0.3):detach():requires_grad_(), 0
local function step(_, input, state)
  calls = calls + 1
  state.u = (state.u - state.s) * 0.9 + input + state.s:matmul(weight)
  state.s = spike(state.u - 1)
  return state.s + state.u * 0.1
end
local layer = nn.recurrent { state = { u = { 4 }, s = { 4 } }, step = step }
local x = nj.randn { 3, 20, 4 }
local out = layer(x)
assert(calls == 1, "the step ran in Lua once, not " .. calls .. " times")

local state, outs = { u = nj.zeros { 3, 4 }, s = nj.zeros { 3, 4 } }, {}
for t = 1, 20 do outs[t] = step(nil, x:select(2, t), state) end
assert(out:allclose(nj.stack(outs, 2)), "the native steps and the loop differ")
assert(out:gt(1):any():item(), "no neuron spiked")
out:square():sum():backward()
local native = weight.grad:clone()
weight.grad = nil
nj.stack(outs, 2):square():sum():backward()
assert(native:allclose(weight.grad, { rtol = 1e-4, atol = 1e-5 }), "gradients differ")

-- Parts and parameters made by init belong to the module.
local gated = nn.recurrent {
  name = "Gated",
  state = { h = { 8 } },
  init = function(self) self.mix, self.keep = nn.Linear(12, 8), nj.full({ 8 }, 0.5):requires_grad_() end,
  step = function(self, input, s)
    s.h = s.h * self.keep + self.mix(nj.cat({ input, s.h }, 2)):tanh()
    return s.h
  end,
}
assert(#gated:parameters() == 3)
gated(x):sum():backward()
for name, tensor in pairs(gated:named_parameters()) do assert(tensor.grad, name .. " has no gradient") end

-- A step that reads elements, or loses its state, is refused with its position.
local function refused(words, body)
  local bad = nn.recurrent { state = { h = { 4 } }, step = body }
  local ok, message = pcall(bad, x)
  assert(not ok and tostring(message):find(words, 1, true), tostring(message))
end
refused("recorded once", function(_, input) return input * input:sum():item() end)
refused("recorded once", function(_, input, s)
  s.h:add_(input)
  return s.h
end)
refused("state.h is not a tensor", function(_, input, s)
  s.h = nil
  return input
end)
refused("step returned nil", function() return nil end)
refused("sets state.H, which is not declared", function(_, _, s)
  s.H = s.h
  return s.h
end)

-- nj.fuse: one call in Lua for each combination of shapes.
local fused_calls = 0
local gelu = nj.fuse(function(v)
  fused_calls = fused_calls + 1
  return v * 0.5 * (1 + (0.7978845608 * (v + 0.044715 * v ^ 3)):tanh())
end)
local v = nj.randn { 100 }:requires_grad_()
for _ = 1, 3 do assert(gelu(v):allclose(v:gelu("tanh"), { atol = 1e-6 })) end
assert(fused_calls == 1)
gelu(v):sum():backward()
local grad = v.grad
v.grad = nil
v:gelu("tanh"):sum():backward()
assert(grad:allclose(v.grad, { atol = 1e-5 }))
gelu(nj.randn { 7 })
assert(fused_calls == 2)

-- The built-in layers: their shapes, and that every parameter has a gradient.
local input = nj.randn { 2, 15, 3 } * 3
for name, part in pairs {
  LSTM = nn.LSTM(3, 6), GRU = nn.GRU(3, 6), RadLIF = nn.RadLIF(3, 6),
  LIF = nn.Sequential { nn.Linear(3, 6), nn.LIF(6) },
  Leaky = nn.Sequential { nn.Linear(3, 6), nn.Leaky { beta = 0.8, learn_beta = true, surrogate = "fast_sigmoid" } },
} do
  local y = part(input)
  assert(y:size(1) == 2 and y:size(2) == 15 and y:size(3) == 6, name)
  y:sum():backward()
  for parameter, tensor in pairs(part:named_parameters()) do assert(tensor.grad, name .. "." .. parameter) end
end
local readout = nn.LeakyReadout(6, 4)(nn.LIF(6)(nj.randn { 2, 15, 6 } * 5))
assert(readout:size(1) == 2 and readout:size(2) == 4)
local ok, message = pcall(nn.GRU(3, 6), nj.randn { 2, 15, 4 })
assert(not ok and tostring(message):find("(batch, time, channels) with 3 channels", 1, true), tostring(message))

-- Several results, each with a gradient.
do
  local a, b = nj.randn { 30, 40 }:requires_grad_(), nj.randn { 40 }:requires_grad_()
  local both = nj.fuse(function(left, right) return (left * right):tanh(), left - right end)
  local product, difference = both(a, b)
  assert(product:allclose((a * b):tanh()) and difference:allclose(a - b))
  local fused = nj.grad((product * difference):sum(), { a, b })
  local plain = nj.grad(((a * b):tanh() * (a - b)):sum(), { a, b })
  for i = 1, 2 do assert(fused[i]:allclose(plain[i], { rtol = 1e-4, atol = 1e-5 })) end
  assert(not pcall(nj.fuse(function(left) return left, 1 end), a))
end
