-- Recipes and learners on recordings of people: what holds that was found on synthetic speech? One data set for each
-- split of the speakers; scripts/recordings makes them from a folder of recordings, and runs this.
local nj = require "nightjar"
local options = nj.run.options {
  sets = { type = "strings", required = true, help = "folders of data sets" },
  model = { default = "m5" },
  recipes = { default = { "cross_entropy", "robust" } },
  learners = { default = { "prototypical", "cosine", "slda", "ridge", "ranpac", "fecam", "plda" } },
  encoder = { default = "mfcc", choices = { "mfcc", "mfcc40" } },
  mels = { default = 40, min = 1, help = "mel bands of the MFCCs" },
  high = { default = 7600, min = 100, help = "upper edge of the highest band, in Hz" },
  repeats = { default = 20, min = 2 },
}
local encoder = { name = options.encoder, options = { mels = options.mels, high = options.high } }

-- The mean of a list in percent, with its range.
local function range(values)
  local t = nj.tensor(values) * 100
  return ("%.1f [%.1f–%.1f]"):format(t:mean():item(), t:min():item(), t:max():item())
end

local measured = {}
local function note(recipe, name, value)
  local key = recipe .. " " .. name
  measured[key] = measured[key] or {}
  table.insert(measured[key], value)
end

for _, path in ipairs(options.sets) do
  local data = nj.data.words { path = path, encoder = encoder }
  for _, recipe in ipairs(options.recipes) do
    local model = nj.fscil.pretrain { data = data, model = options.model, recipe = recipe, encoder = encoder }
    local results = nj.fscil.run {
      model = model, data = data, encoder = encoder, learners = options.learners, repeats = options.repeats,
    }
    for _, split in ipairs { "training", "validation", "test" } do
      note(recipe, split, results.fit[split])
    end
    for _, learner in ipairs(options.learners) do
      note(recipe, learner, results:all(learner):mean():item())
      note(recipe, learner .. " new", results:new(learner):mean():item())
    end
  end
end

local base, sessions = {}, {}
for _, recipe in ipairs(options.recipes) do
  base[#base + 1] = {
    recipe = recipe, training = range(measured[recipe .. " training"]),
    validation = range(measured[recipe .. " validation"]), test = range(measured[recipe .. " test"]),
  }
  for _, learner in ipairs(options.learners) do
    sessions[#sessions + 1] = {
      recipe = recipe, learner = learner, ["all words"] = range(measured[recipe .. " " .. learner]),
      ["new words"] = range(measured[recipe .. " " .. learner .. " new"]),
    }
  end
end
print(("Accuracy (%%), mean and range over %d splits of the speakers; %s"):format(#options.sets, options.model))
nj.run.table("base", base, { "recipe", "training", "validation", "test" })
nj.run.table("sessions", sessions, { "recipe", "learner", "all words", "new words" })
