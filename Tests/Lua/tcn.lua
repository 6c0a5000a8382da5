-- The shipped TCN equals tcn_lib's: it loads its states and gives PyTorch's values, in evaluation and in training.
local nj = require "nightjar"

-- The tensors of a fixture, a comparison within each tensor's tolerance, and states by their prefix. Stored sequences
-- are (batch, channel, time).
local function golden(name)
  local path = "Tests/Fixtures/golden/" .. name
  local stored, notes = nj.load(path .. ".safetensors"), nj.json.decode(nj.fs.read(path .. ".json")).tensors
  local function expect(key, actual)
    local expected = assert(stored[key], key .. " is not stored")
    if #notes[key].layout == 5 then expected = expected:transpose(-2, -1) end   -- B,C,T
    assert(actual:allclose(expected, { rtol = 0, atol = notes[key].atol }), name .. ": " .. key)
  end
  local function state(prefix)
    local result = {}
    for key, tensor in pairs(stored) do
      if key:sub(1, #prefix) == prefix then result[key:sub(#prefix + 1)] = tensor end
    end
    return result
  end
  return stored, expect, state
end

local function network()
  return nj.plugin("model", "tcn").build(
    { channels = 16, kernel = 5, layers = 3, dropout = 0.0 },
    { input = { time = 60, channels = 20 }, classes = 10 })
end

local stored, expect, state = golden "tcn_forward"
local net = network():load_state(state "state/"):eval()
local x = stored.input:transpose(-2, -1)
expect("act/embedding", net:features(x))
expect("act/logits", net(x))
assert(tostring(net):find("receptive field 57", 1, true))
for i, pair in ipairs(net.embedder[1]:children()) do
  local block, name = pair[2], "act/block" .. i - 1
  local function trace(layer, input)
    for j, part in ipairs(block[layer]:children()) do
      input = part[2](input)
      if j <= 2 then expect(("%s.%s.%d"):format(name, layer, j - 1), input) end
    end
    return input
  end
  trace("temp_layer2", trace("temp_layer1", x))
  if block.downsample then trace("downsample", x) end
  x = block(x)
  expect(name, x)
end

-- Three training steps; the running statistics include the tail that is cut off after each convolution.
stored, expect, state = golden "tcn_train"
net = network():load_state(state "initial/state/"):train()
local optimizer = nj.optim.SGD(net:parameters(), { lr = 0.05, momentum = 0.9 })
local inputs, labels, losses = stored.input:transpose(-2, -1), stored.labels + 1, {}
local function expect_all(prefix, actual)
  for name in pairs(state(prefix)) do expect(prefix .. name, actual[name]) end
end
for step = 1, 3 do
  local loss = nj.loss.cross_entropy(net(inputs[step]), labels[step])
  optimizer:zero_grad()
  loss:backward()
  losses[step] = loss:item()
  if step == 1 then
    local gradients = {}
    for name, parameter in pairs(net:named_parameters()) do gradients[name] = parameter.grad end
    expect_all("step1/grad/", gradients)
  end
  optimizer:step()
  if step == 1 then expect_all("step1/state/", net:state()) end
end
expect("loss", nj.tensor(losses))
expect_all("final/state/", net:state())
expect("final/eval_logits", net:eval()(inputs[1]))
