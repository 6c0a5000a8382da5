-- Plugins used from a script: a model is built, and learners learn without a benchmark.
local nj = require "nightjar"

local model = nj.plugin("model", "m5").build({ channels = 4 }, { input = { time = 200, channels = 20 }, classes = 6 })
assert(model:eval()(nj.randn(2, 200, 20)):size(2) == 6)
assert(model.conv1.weight:size(1) == 4)

-- Samples with the fields that a learner gets.
local function samples(features, labels, classes, all)
  local per_class = #labels // #classes
  return {
    features = features, labels = labels, classes = classes, model = { classes = all },
    class_index = nj.tensor(classes, { dtype = "int32" }),
    class_means = function(self)
      local means = {}
      for i, class in ipairs(classes) do means[i] = self:of(class):mean(1) end
      return nj.stack(means)
    end,
    of = function(_, class)
      for i, known in ipairs(classes) do
        if known == class then return features:slice(1, (i - 1) * per_class + 1, i * per_class) end
      end
    end,
  }
end

-- Points around distant centres: every learner has to distinguish them.
local centres = nj.eye(6) * 5
local function around(classes, count)
  local parts, labels = {}, {}
  for i, class in ipairs(classes) do
    parts[i] = centres[class] + nj.randn(count, 6)
    for _ = 1, count do labels[#labels + 1] = class end
  end
  return samples(nj.cat(parts), nj.tensor(labels, { dtype = "int32" }), classes, 6)
end

for _, name in ipairs { "prototypical", "ridge" } do
  local learner = nj.plugin("learner", name).new({}, 1)
  learner:start(around({ 1, 2, 3, 4 }, 20))
  learner:learn(around({ 5, 6 }, 5))
  local test = around({ 1, 2, 3, 4, 5, 6 }, 10)
  local correct = learner:scores(test.features):argmax(2):eq(test.labels):sum():item()
  assert(correct >= 57, ("%s: only %d of 60 predictions are correct"):format(name, correct))
end

-- With equal scores the words rank by their number: a tie is not a correct prediction.
local batch = { features = nj.zeros { 4, 1 }, labels = nj.tensor({ 1, 2, 3, 6 }, { dtype = "int32" }) }
local function equal_scores() return nj.zeros { 4, 6 } end
for k, fraction in pairs { [1] = 0.25, [2] = 0.5, [3] = 0.75, [5] = 0.75, [6] = 1, [9] = 1 } do
  local correct = nj.plugin("test", "top_k").new({ k = k }, 1):score(equal_scores, batch)
  local mean = correct:to("float32"):mean():item()
  assert(mean == fraction, ("top %d of equal scores: %g"):format(k, mean))
end
