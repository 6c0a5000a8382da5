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
local classes = train.labels:max():item()
local membership = nj.one_hot(train.labels, classes)              -- (samples, classes)
local means = membership:t():matmul(train.features) / membership:sum(1):unsqueeze(2)
local scores = test.features:matmul(means:t()) * 2 - means:square():sum(2)

-- How often each word is classified as which other one: (label, prediction), with an empty diagonal.
local cells = (test.labels - 1) * classes + scores:argmax(2)
local counts = nj.zeros(classes * classes):scatter_add(1, cells, nj.ones(#cells)):reshape(classes, classes)
counts = counts * (1 - nj.eye(classes))

-- The pairs that were confused, the most frequent first.
local words, confused, errors = data:classes(), {}, 0
for order, pair in ipairs(counts:nonzero():totable()) do
  local label, prediction, count = words[pair[1]], words[pair[2]], counts[pair]
  if options.language and label.language ~= options.language then
    counts[pair] = 0
  else
    local row = { label = label.name, prediction = prediction.name, count = count, pair = pair, order = order }
    table.insert(confused, row)
    errors = errors + count
  end
end
table.sort(confused, function(a, b)
  if a.count ~= b.count then return a.count > b.count end
  return a.order < b.order
end)
print(("%d of %d clips of the base test are classified as another word"):format(errors, #test.labels))
if errors == 0 then return end

-- The picture has the words of the most frequent pairs.
local listed, is_listed, squares = {}, {}, {}
for _, row in ipairs(confused) do
  for _, class in ipairs(row.pair) do
    if #listed < options.words and not is_listed[class] then
      table.insert(listed, class)
      is_listed[class] = true
    end
  end
end
for _, label in ipairs(listed) do
  for _, prediction in ipairs(listed) do
    table.insert(squares, {
      label = words[label].name, prediction = words[prediction].name, count = counts[{ label, prediction }],
    })
  end
end

nj.run.table("confused", table.move(confused, 1, 15, 1, {}), { "label", "prediction", "count" })
nj.run.figure("confusion", nj.plot.heatmap {
  rows = squares, x = "prediction", y = "label", value = "count",
  title = "Confused words", caption = data.source .. ", " .. options.model,
})
