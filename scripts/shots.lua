-- How accuracy changes with shots: nightjar run scripts/shots.lua [--set learners=ridge,slda] [--set shots=1,5]
local nj = require "nightjar"
local options = nj.run.options {
  model = { default = "m5" },
  learners = { default = { "prototypical", "cosine", "ridge", "fecam" } },
  shots = { default = { 1, 2, 5, 10, 20 }, help = "samples each new word is learned from" },
  repeats = { default = 20, min = 2 },
}

local data = nj.data.words {}
local model = nj.fscil.pretrain { data = data, model = options.model }

-- Means over sessions for each number of shots: (repeats).
local all, new, rows = {}, {}, {}
for _, shots in ipairs(options.shots) do
  local results = nj.fscil.run {
    model = model, data = data, learners = options.learners, repeats = options.repeats, shots = shots,
  }
  for _, learner in ipairs(options.learners) do
    all[learner], new[learner] = all[learner] or {}, new[learner] or {}
    local a, n = results:all(learner):mean(2), results:new(learner):mean(2)
    table.insert(all[learner], a)
    table.insert(new[learner], n)
    rows[#rows + 1] = {
      learner = learner, shots = shots, ["all words"] = 100 * a:mean(), ["new words"] = 100 * n:mean(),
    }
  end
end

local function panel(title, runs)
  local series = {}
  for i, learner in ipairs(options.learners) do
    series[i] = { name = learner, x = options.shots, runs = nj.stack(runs[learner], 2) * 100 }
  end
  return nj.plot.bands {
    series = series, title = title, x_ticks = options.shots, x_label = "shots", y_label = "accuracy (%)",
  }
end

nj.run.table("shots", rows, { "shots", "learner", "all words", "new words" })
nj.run.figure("shots", nj.plot.panels {
  panel("All words", all), panel("New words", new), title = "Accuracy against shots, mean over sessions",
  caption = ("%s, %s, %d repeats"):format(data.source, options.model, options.repeats),
})
