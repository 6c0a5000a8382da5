-- The paper's two baselines, point by point beside the published figures: scripts/reproduce [MSWC folder]
-- Without MSWC it runs on synthetic speech, and says so: those figures are not to be compared with the published ones.
local nj = require "nightjar"
local options = nj.run.options {
  repeats = { default = 100, min = 2 },
  epochs = { default = 0, min = 0, help = "0: as the recipe has it" },
  prototypes_in_train_mode = { default = false, help = "base prototypes as in NeuroBench's example, not as in the paper" },
  networks = { default = { "m5", "radlif" } },
  channels = { default = 256, min = 1, help = "of M5" },
  width = { default = 1024, min = 1, help = "of the spiking network" },
}

-- Yik et al., arXiv 2304.04640: the base accuracy is that of the trained readout, the others are means over sessions.
local baselines = {
  m5 = {
    encoder = "mfcc", options = { channels = options.channels },
    published = { ["base"] = 97.09, ["all words"] = 89.27, ["new words"] = 79.61 },
  },
  radlif = {
    encoder = "s2s", options = { width = options.width },
    published = { ["base"] = 93.48, ["all words"] = 75.27 },
  },
}

local data = nj.data.words {}
local is_real = not data.source:find "synthetic"
local rows, series = {}, {}
for _, name in ipairs(options.networks) do
  local baseline = baselines[name]
    or error(("networks: %s is none of the paper's baselines, m5 and radlif"):format(name), 0)
  local model = nj.fscil.pretrain {
    data = data, encoder = baseline.encoder, model = { name = name, options = baseline.options },
    recipe = { name = "cross_entropy", options = { epochs = options.epochs } },
  }
  local results = nj.fscil.run {
    model = model, data = data, encoder = baseline.encoder, learners = { "prototypical", "frozen" },
    repeats = options.repeats, prototypes_in_train_mode = options.prototypes_in_train_mode,
  }
  local all, new = results:all "prototypical" * 100, results:new "prototypical" * 100
  for _, point in ipairs {
    { "base", (results:all "frozen" * 100):slice(2, 1, 1):mean(2) },
    { "all words", all:mean(2) },
    { "new words", new:mean(2) },
  } do
    rows[#rows + 1] = {
      network = name, figure = point[1],
      here = point[2]:mean(), low = point[2]:quantile(0.05), high = point[2]:quantile(0.95),
      published = is_real and baseline.published[point[1]] or nil,
    }
  end
  series[#series + 1] = { name = name .. ", all words", runs = all, x = nj.arange(0, all:size(2) - 1) }
  series[#series + 1] = { name = name .. ", new words", runs = new, x = nj.arange(1, new:size(2)) }
end

local columns = { "network", "figure", "here", "low", "high" }
if is_real then columns[#columns + 1] = "published" end
print(data.source
  .. (is_real and "" or ": a stand-in, its figures are not MSWC's and stand beside none that were published"))
nj.run.table("reproduction", rows, columns)
nj.run.figure("reproduction", nj.plot.bands {
  series = series, title = "NeuroBench's baselines", x_label = "session", y_label = "accuracy (%)",
  caption = ("%s, %d repeats"):format(data.source, options.repeats),
})
