-- Which matters more, how the network is trained or how new words are learned? Recipes against learners, over seeds.
-- nightjar run scripts/grid.lua [--set recipes=cross_entropy,cosine] [--set learners=ridge,fecam] [--set seeds=1]
local nj = require "nightjar"
local options = nj.run.options {
  model = { default = "m5" },
  recipes = { default = { "cross_entropy", "cosine", "etf", "supcon" } },
  learners = { default = { "prototypical", "cosine", "cl2n", "teen", "bayes", "slda", "ridge", "ranpac", "fecam" } },
  seeds = { default = { 1, 2, 3 }, help = "of the training" },
  repeats = { default = 20, min = 2 },
}
local data = nj.data.words {}

-- Means over sessions and repeats, one for each training: (seeds).
local all, new, rows = {}, {}, {}
for _, recipe in ipairs(options.recipes) do
  for _, learner in ipairs(options.learners) do all[recipe .. learner], new[recipe .. learner] = {}, {} end
  for _, seed in ipairs(options.seeds) do
    local model = nj.fscil.pretrain { data = data, model = options.model, recipe = recipe, seed = seed }
    local results = nj.fscil.run {
      model = model, data = data, learners = options.learners, repeats = options.repeats,
    }
    for _, learner in ipairs(options.learners) do
      table.insert(all[recipe .. learner], results:all(learner):mean():item() * 100)
      table.insert(new[recipe .. learner], results:new(learner):mean():item() * 100)
    end
  end
end

for _, recipe in ipairs(options.recipes) do
  for _, learner in ipairs(options.learners) do
    local a, n = nj.tensor(all[recipe .. learner]), nj.tensor(new[recipe .. learner])
    rows[#rows + 1] = {
      recipe = recipe, learner = learner, ["all words"] = a:mean():item(), ["new words"] = n:mean():item(),
      lowest = a:min():item(), highest = a:max():item(),
    }
  end
end

nj.run.table("grid", rows, { "recipe", "learner", "all words", "lowest", "highest", "new words" })
nj.run.figure("grid", nj.plot.panels {
  nj.plot.heatmap { rows = rows, x = "recipe", y = "learner", value = "all words", title = "All words" },
  nj.plot.heatmap { rows = rows, x = "recipe", y = "learner", value = "new words", title = "New words" },
  title = "Recipe against learner, accuracy (%), mean over sessions",
  caption = ("%s, %s, %d training seeds, %d repeats"):format(
    data.source, options.model, #options.seeds, options.repeats),
})
