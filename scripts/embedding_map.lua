-- The embeddings of session words in two dimensions, by language: nightjar run scripts/embedding_map.lua
-- Principal components (Pearson 1901) of the embeddings of words that the bench's M5 was not trained on.
local nj = require "nightjar"
local options = nj.run.options {
  model = { default = "m5" },
  split = { default = "evaluation", choices = { "train", "val", "test", "evaluation" } },
  clips = { default = 1500, min = 10, help = "number of clips, drawn at random" },
}

local data = nj.data.words {}
local model = nj.fscil.pretrain { data = data, model = options.model }
local embedded = nj.fscil.embed(model, { data = data, split = options.split })

local centred = embedded.features - embedded.features:mean(1)
local variances, directions = embedded.features:cov():eigh()   -- smallest first
local fraction = variances:slice(1, -2, -1):sum() / variances:sum()
local map = centred:matmul(directions:slice(2, -2, -1))

local rows = {}
local order = nj.randperm(#centred):totable()
for i = 1, math.min(options.clips, #order) do
  local clip = order[i]
  rows[i] = { second = map:at(clip, 1), first = map:at(clip, 2), language = embedded.languages[clip] }
end

print(("two of %d directions have %.1f %% of the variance"):format(#variances, 100 * fraction:item()))
nj.run.figure("embedding_map", nj.plot.scatter {
  rows = rows, x = "first", y = "second", group = "language",
  title = "Embeddings by language", caption = data.source .. ", " .. options.model .. ", " .. options.split,
})
