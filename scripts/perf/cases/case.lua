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
function case.run(given, call, repeats)
  nj.run.save("given.safetensors", given)
  repeats = repeats or 1
  local check = sample(call())
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
  print(nj.json.encode { milliseconds = times, check = check })
end

return case
