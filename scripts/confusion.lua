-- Which words are taken for which: nightjar run scripts/confusion.lua [--set language=en] [--set shown=20]
-- Trains (or finds) the bench's M5, classifies the base test by class means, and draws the most confused words.
local nj = require "nightjar"
local options = nj.run.options {
  model = { default = "m5" },
  language = { default = "", help = "only words of this language; empty: of all" },
  shown = { default = 20, min = 2, help = "words in the picture" },
}

local data = nj.data.words {}
local model = nj.fscil.pretrain { data = data, model = options.model }
local train = nj.fscil.embed(model, { data = data, split = "train" })
local test = nj.fscil.embed(model, { data = data, split = "test" })

-- Nearest class mean: |x − p|² is least where 2·p·x − p·p is greatest.
local words, means = data:classes(), {}
for class, word in ipairs(words) do
  if word.part == "base" then
    means[class] = train.features:index_select(1, train.labels:eq(class):nonzero():flatten()):mean(1)
  end
end
local prototypes = nj.stack(means)
local scores = test.features:matmul(prototypes:transpose(1, 2)) * 2 - prototypes:square():sum(2)
local heard, said = scores:argmax(2):totable(), test.labels:totable()

-- Count every pair of different words, the most frequent first.
local times, confused, mistakes = {}, {}, 0
for clip, label in ipairs(said) do
  local key = label .. " " .. heard[clip]
  if heard[clip] ~= label and (options.language == "" or words[label].language == options.language) then
    if not times[key] then confused[#confused + 1] = { key = key, said = label, heard = heard[clip] } end
    times[key] = (times[key] or 0) + 1
    mistakes = mistakes + 1
  end
end
table.sort(confused, function(a, b)
  if times[a.key] ~= times[b.key] then return times[a.key] > times[b.key] end
  return a.said < b.said or a.said == b.said and a.heard < b.heard
end)
print(("%d of %d base test clips are taken for another word"):format(mistakes, #said))
if mistakes == 0 then return end

-- The picture has the words of the most frequent pairs; the diagonal is left out.
local list, picked, rows, matrix = {}, {}, {}, {}
for i, pair in ipairs(confused) do
  if i <= 15 then
    rows[i] = { said = words[pair.said].name, heard = words[pair.heard].name, times = times[pair.key] }
  end
  for _, label in ipairs { pair.said, pair.heard } do
    if not picked[label] and #list < options.shown then picked[label], list[#list + 1] = true, label end
  end
end
for _, a in ipairs(list) do
  for _, b in ipairs(list) do
    matrix[#matrix + 1] = { said = words[a].name, heard = words[b].name, times = times[a .. " " .. b] or 0 }
  end
end

nj.run.table("confused", rows, { "said", "heard", "times" })
nj.run.figure("confusion", nj.plot.heatmap {
  rows = matrix, x = "heard", y = "said", value = "times",
  title = "Words taken for others", caption = data.source .. ", " .. options.model,
})
