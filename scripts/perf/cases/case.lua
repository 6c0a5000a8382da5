-- What the cases share: saving what the peer starts from, timing, and the line that scripts/perf/compare reads.
local nj = require "nightjar"

local options = nj.run.options {
  warm_up = { default = 2, min = 0, help = "calls before the clock starts" },
  calls = { default = 5, min = 1, help = "calls that are timed" },
}

local case = {}

-- About 64 of the numbers that a call returned, evenly spaced.
local function sample(result)
  if type(result) == "number" then return { result } end
  local flat = result:detach():flatten()
  local places = {}
  for i = 1, flat:size(1), math.max(1, flat:size(1) // 64) do places[#places + 1] = i end
  return flat:index_select(1, nj.tensor(places, { dtype = "int32" })):totable()
end

-- Times `call`, which returns a tensor or number that the peer must compute as well. `given` are the tensors that both
-- sides start from, by name; `repeats` is how often a call is repeated within one reading of the clock.
-- `check` computes what is compared, where that is not the result of a call.
function case.run(given, call, repeats, check)
  nj.run.save("given.safetensors", given)
  repeats = repeats or 1
  local checked = sample((check or call)())
  for _ = 1, options.warm_up do call() end
  local times = {}
  for i = 1, options.calls do
    local start = nj.time()
    for _ = 1, repeats do
      local _ <close> = nj.scope()
      call()
    end
    times[i] = (nj.time() - start) * 1e3 / repeats
  end
  print(nj.json.encode { milliseconds = times, check = checked })
end

-- Times the forward and backward pass of a recurrent layer 20 → 128 over 200 steps, batch 64.
function case.recurrent(layer)
  local x = nj.randn { 64, 200, 20 }
  local given = layer:state()
  given.x = x
  case.run(given, function()
    layer:zero_grad()
    local loss = layer(x):square():mean()
    loss:backward()
    return layer.weight_hh_l0.grad
  end)
end

-- Times a training step of a network, on (batch, time, 20) and 200 classes, by Adam.
function case.training(model, batch, time)
  local optimizer = nj.optim.Adam(model:parameters(), { lr = 0.01 })
  local given = model:state()
  given.x = nj.randn { batch, time, 20 }
  given.y = nj.randint(1, 200, { batch })

  -- Dropout draws other numbers in the peer: the loss before the first step is compared, without it.
  model:eval()
  local before = nj.loss.cross_entropy(model(given.x), given.y):item()
  model:train()
  case.run(given, function()
    local loss = nj.loss.cross_entropy(model(given.x), given.y)
    optimizer:zero_grad()
    loss:backward()
    optimizer:step()
    return before
  end)
end

-- Times the inference of a network on (batch, time, 20).
function case.inference(model, batch, time, repeats)
  model:eval()
  local given = model:state()
  given.x = nj.randn { batch, time, 20 }
  case.run(given, function() return nj.no_grad(function() return model(given.x) end) end, repeats)
end

return case
