-- How time grows with the size of the work: nightjar run scripts/perf/scaling.lua [--threads 1] [--set rounds=5]
-- An exponent of 1 is in proportion; smaller ones are better.
local nj = require "nightjar"
local options = nj.run.options {
  rounds = { default = 5, min = 1, help = "measurements, the fastest of which counts" },
  channels = { default = 64, min = 4, help = "of M5 where they are not varied" },
}

local function fastest(call)
  local best = math.huge
  for _ = 0, options.rounds do
    local start = nj.time()
    call()
    best = math.min(best, (nj.time() - start) * 1e3)
  end
  return best
end

-- A training step of M5, as the step function of a loop.
local function training_step(size)
  local task = { input = { time = size.steps or 201, channels = 20 }, classes = size.classes or 200 }
  local model = nj.plugin("model", "m5").build({ channels = size.channels or options.channels }, task)
  local optimizer = nj.optim.Adam(model:parameters(), { lr = 0.01 })
  local batch = size.batch or 128
  local x, y = nj.randn { batch, task.input.time, 20 }, nj.randint(1, task.classes, { batch })
  return function()
    local _ <close> = nj.scope()
    local loss = nj.loss.cross_entropy(model(x), y)
    optimizer:zero_grad()
    loss:backward()
    optimizer:step()
  end
end

local function features(size)
  local clips = nj.randn { size.clips, 16000 } * 0.1
  return function() nj.audio.mfcc(clips, { sample_rate = 16000, n_mfcc = 20, hop_length = 80 }) end
end

local data, model
local function repeats(size)
  data = data or nj.data.words {}
  model = model or nj.fscil.pretrain { data = data, model = "small_conv" }
  return function()
    nj.fscil.run { model = model, data = data, learners = "prototypical", repeats = size.repeats }
  end
end

-- The slope of a line through logarithms: the exponent of a power of the size.
local function exponent(sizes, times)
  local x, y = nj.tensor(sizes):log(), nj.tensor(times):log()
  x, y = x - x:mean(), y - y:mean()
  return ((x * y):sum() / (x * x):sum()):item()
end

local studies = {
  { "batch", training_step, { 32, 64, 128, 256, 512 } },
  { "steps", training_step, { 100, 200, 400, 800 } },
  { "channels", training_step, { 32, 64, 128, 256 } },
  { "classes", training_step, { 50, 100, 200, 400, 800 } },
  { "clips", features, { 64, 128, 256, 512 } },
  { "repeats", repeats, { 2, 4, 8, 16 } },
}
local rows, panels = {}, {}
for number, study in ipairs(studies) do
  local name, make, sizes = table.unpack(study)
  local times = {}
  for i, size in ipairs(sizes) do times[i] = fastest(make { [name] = size }) end
  rows[number] = {
    study = name, from = sizes[1], to = sizes[#sizes], ["first (ms)"] = times[1], ["last (ms)"] = times[#times],
    exponent = exponent(sizes, times),
  }
  panels[number] = nj.plot.lines {
    x = sizes, y = times, title = ("%s: exponent %.2f"):format(name, rows[number].exponent), x_label = name,
    y_label = "time (ms)",
  }
end

panels.title = "Time against the size of the work"
panels.caption = "training steps of M5; MFCC of clips; repeats of the protocol"
nj.run.table("scaling", rows, { "study", "from", "to", "first (ms)", "last (ms)", "exponent" })
nj.run.figure("scaling", nj.plot.panels(panels))
