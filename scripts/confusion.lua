-- Which words are confused with which: nightjar run scripts/confusion.lua [--set language=en] [--set words=20]
-- Classifies the base test by class means of the bench's M5, and draws the most confused words.
local nj = require "nightjar"
local options = nj.run.options {
  model = { default = "m5" },
  language = { type = "string", help = "only words of this language" },
  words = { default = 20, min = 2, help = "words in the picture" },
}

local data = nj.data.words {}
local model = nj.fscil.pretrain { data = data, model = options.model }
local train = nj.fscil.embed(model, { data = data, split = "train" })
local test = nj.fscil.embed(model, { data = data, split = "test" })

-- The nearest class mean p: |x − p|² is smallest where 2·p·x − p·p is largest.
local membership = nj.one_hot(train.labels, train.labels:max():item())   -- (samples, classes)
local means = membership:t():matmul(train.features) / membership:sum(1):unsqueeze(2)
local scores = test.features:matmul(means:t()) * 2 - means:square():sum(2)
local labels, predictions = test.labels:totable(), scores:argmax(2):totable()

-- How often each word is classified as which other one; the most frequent pairs first.
local words = data:classes()
local counts, confused, errors = {}, {}, 0
for i, label in ipairs(labels) do
  local word, prediction = words[label], words[predictions[i]]
  if word ~= prediction and (not options.language or word.language == options.language) then
    local key = word.name .. " " .. prediction.name
    counts[key] = counts[key] or { label = word.name, prediction = prediction.name, count = 0, first = i }
    if counts[key].count == 0 then table.insert(confused, counts[key]) end
    counts[key].count = counts[key].count + 1
    errors = errors + 1
  end
end
table.sort(confused, function(a, b)
  if a.count ~= b.count then return a.count > b.count end
  return a.first < b.first
end)
print(("%d of %d clips of the base test are classified as another word"):format(errors, #labels))
if errors == 0 then return end

-- The picture has the words of the most frequent pairs, and an empty diagonal.
local list, is_listed, cells = {}, {}, {}
for _, pair in ipairs(confused) do
  for _, name in ipairs { pair.label, pair.prediction } do
    if not is_listed[name] and #list < options.words then table.insert(list, name) end
    is_listed[name] = true
  end
end
for _, label in ipairs(list) do
  for _, prediction in ipairs(list) do
    local pair = counts[label .. " " .. prediction]
    table.insert(cells, { label = label, prediction = prediction, count = pair and pair.count or 0 })
  end
end

nj.run.table("confused", table.move(confused, 1, 15, 1, {}), { "label", "prediction", "count" })
nj.run.figure("confusion", nj.plot.heatmap {
  rows = cells, x = "prediction", y = "label", value = "count",
  title = "Confused words", caption = data.source .. ", " .. options.model,
})
