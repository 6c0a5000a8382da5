-- The paper's two baselines beside the published results: scripts/reproduce [MSWC folder]
-- Without MSWC it runs on synthetic speech, and says so: those results are not to be compared with the published ones.
local nj = require "nightjar"
local options = nj.run.options {
  repeats = { default = 100, min = 2 },
  epochs = { type = "integer", min = 1, help = "by default those of the recipe" },
  prototypes_in_train_mode = { default = false, help = "base prototypes as in NeuroBench's example, not the paper" },
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

-- A row of the table; values has one accuracy for each repeat.
local function add_row(network, accuracy, values)
  table.insert(rows, {
    network = network, accuracy = accuracy,
    here = values:mean(), low = values:quantile(0.05), high = values:quantile(0.95),
    published = is_real and baselines[network].published[accuracy] or nil,
  })
end

for _, name in ipairs(options.networks) do
  local baseline = baselines[name]
  if not baseline then error(("networks: the paper's baselines are m5 and radlif, not %s"):format(name), 0) end
  local model = nj.fscil.pretrain {
    data = data, encoder = baseline.encoder,
    model = { name = name, options = baseline.options },
    recipe = { name = "cross_entropy", options = { epochs = options.epochs } },
  }
  local results = nj.fscil.run {
    model = model, data = data, encoder = baseline.encoder,
    learners = { "prototypical", "frozen" }, repeats = options.repeats,
    prototypes_in_train_mode = options.prototypes_in_train_mode,
  }
  local all = results:all "prototypical" * 100         -- (repeats, sessions), from the test before the first session on
  local new = results:new "prototypical" * 100
  local frozen = results:all "frozen" * 100
  add_row(name, "base", frozen[{ {}, 1 }])
  add_row(name, "all words", all:mean(2))
  add_row(name, "new words", new:mean(2))
  table.insert(series, { name = name .. ", all words", runs = all, x = nj.arange(0, all:size(2) - 1) })
  table.insert(series, { name = name .. ", new words", runs = new, x = nj.arange(1, new:size(2)) })
end

print(is_real and data.source or data.source .. ": in place of MSWC, so no published results are printed beside")
nj.run.table("reproduction", rows, { "network", "accuracy", "here", "low", "high", is_real and "published" or nil })
nj.run.figure("reproduction", nj.plot.bands {
  series = series, title = "NeuroBench's baselines", x_label = "session", y_label = "accuracy (%)",
  caption = ("%s, %d repeats"):format(data.source, options.repeats),
})
