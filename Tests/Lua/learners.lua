-- Every shipped learner on a small task: ten clusters, six of them known from the start, two more in each session.
local nj = require "nightjar"
local classes, width = 10, 16
local names = {
  "bayes", "cl2n", "cosine", "fecam", "finetune", "frozen", "hebbian", "plda", "prototypical", "ranpac", "ridge",
  "slda", "teen",
}
local settings = { ranpac = { width = 200 } }  -- enough for 16 dimensions

-- A model and samples as learners get them, made of tables.
local random = nj.random(7)
local centres = random:rand(classes, width):gt(0.6):to "float32" * 4 + 0.5
local model = { classes = classes }
function model.readout(_, features) return features:matmul(centres:transpose(1, 2)) - centres:square():sum(2) / 2 end

local function samples(features, labels, list)
  return {
    features = features, labels = labels, classes = list, model = model,
    class_index = nj.tensor(list, { dtype = "int32" }),
    map = function(_, f, ...) return samples(f(features, ...), labels, list) end,
    class_means = function(self)
      local means = {}
      for i, class in ipairs(list) do means[i] = self:of(class):mean(1) end
      return nj.stack(means)
    end,
    of = function(_, class) return features:index_select(1, labels:eq(class):nonzero():flatten()) end,
  }
end

-- Points around the centres of some classes, never below 0, as the embeddings of a network that ends in a ReLU.
local function draw(list, count)
  local labels = nj.tensor(list, { dtype = "int32" }):unsqueeze(2):expand(-1, count):flatten()
  local features = centres:index_select(1, labels) + random:randn(#labels, width) * 0.5
  return samples(features:clamp(0), labels, list)
end

local function new_learner(name, seed, options)
  return nj.plugin("learner", name).new(options or settings[name] or {}, seed)
end

-- The fraction of samples whose best score among the classes seen so far is that of their own class.
local function accuracy(learner, test, seen)
  local scores = nj.no_grad(function() return learner:scores(test.features) end)
  assert(scores.shape[1] == #test.labels and scores.shape[2] == classes and scores.dtype == "float32")
  local list = nj.tensor(seen, { dtype = "int32" })
  assert(scores:index_select(2, list):isfinite():all():item(), "a score is not finite")
  local best = scores:index_select(2, list):argmax(2)
  return list:index_select(1, best):eq(test.labels):to("float32"):mean():item()
end

local base, sessions = draw({ 1, 2, 3, 4, 5, 6 }, 40), { draw({ 7, 8 }, 5), draw({ 9, 10 }, 5) }
local known, new = draw({ 1, 2, 3, 4, 5, 6 }, 20), draw({ 7, 8, 9, 10 }, 20)
local all = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }

for _, name in ipairs(names) do
  local learner = new_learner(name, 1)
  learner:start(base)
  local before = accuracy(learner, known, base.classes)
  assert(before >= 0.95, name .. ": accuracy on base classes before the sessions is " .. before)
  for _, support in ipairs(sessions) do learner:learn(support) end
  local on_base, on_new = accuracy(learner, known, all), accuracy(learner, new, all)
  assert(on_base >= 0.9, name .. ": accuracy on base classes is " .. on_base)
  assert(on_new >= 0.9, name .. ": accuracy on new classes is " .. on_new)

  -- The same seed gives the same scores.
  local again = new_learner(name, 1)
  again:start(base)
  for _, support in ipairs(sessions) do again:learn(support) end
  assert(again:scores(new.features):eq(learner:scores(new.features)):all():item(), name .. ": one seed, other scores")
end

-- Degenerate data: one sample per class, features that are always 0 or never change, a sample that is all 0.
local vary = nj.cat { nj.zeros(width - 2), nj.ones(2) }
local fixed = nj.cat { nj.zeros(width - 9), nj.full({ 7 }, 3), nj.zeros(2) }
local function degenerate(from) return samples(from.features * vary + fixed, from.labels, from.classes) end
for _, name in ipairs(names) do
  for _, count in ipairs { 1, 2, 40 } do
    local learner = new_learner(name, 1)
    learner:start(degenerate(draw(base.classes, count)))
    learner:learn(degenerate(draw({ 7, 8 }, 1)))
    local test = nj.cat { nj.zeros(1, width), degenerate(known).features }
    local finite = learner:scores(test):isfinite():slice(2, 1, 8):all():item()
    assert(finite, ("%s: a score is not finite with %d samples per class"):format(name, count))
  end
end

-- Embeddings that are a hundred times smaller are no harder: networks and recipes produce them at any scale.
local function scaled(from) return samples(from.features * 0.01, from.labels, from.classes) end
for _, name in ipairs(names) do
  if name ~= "frozen" and name ~= "finetune" then      -- these use a readout that depends on the scale
    local learner = new_learner(name, 1)
    learner:start(scaled(base))
    for _, support in ipairs(sessions) do learner:learn(scaled(support)) end
    assert(accuracy(learner, scaled(known), all) >= 0.9 and accuracy(learner, scaled(new), all) >= 0.9, name)
  end
end

-- Ridge regression one session at a time equals ridge regression on everything at once, in any order of sessions.
local function ridge(...)
  local learner = new_learner("ridge", 1, { balanced = false, lambda = 0.1 })
  for i, part in ipairs { ... } do learner[i == 1 and "start" or "learn"](learner, part) end
  return learner:scores(new.features)
end
local x = nj.cat { base.features, sessions[1].features, sessions[2].features }
local labels = nj.cat { base.labels, sessions[1].labels, sessions[2].labels }
local y = nj.one_hot(labels, classes)
local lambda = base.features:square():sum() / width * 0.1
local weight = (x:transpose(1, 2):matmul(x) + nj.eye(width) * lambda):solve(x:transpose(1, 2):matmul(y))
local expected = new.features:matmul(weight)
assert(ridge(base, sessions[1], sessions[2]):allclose(expected, { atol = 1e-3 }))
assert(ridge(base, sessions[2], sessions[1]):allclose(expected, { atol = 1e-3 }))

-- Discriminant analysis is streaming: the samples of a class may come in two halves.
local half = { { 1, 20 }, { 21, 40 } }
local streamed, at_once = new_learner("slda", 1), new_learner("slda", 1)
for i, rows in ipairs(half) do
  local features, halves = {}, {}
  for _, class in ipairs(base.classes) do
    features[class] = base:of(class):slice(1, rows[1], rows[2])
    halves[class] = nj.full({ 20 }, class, { dtype = "int32" })
  end
  streamed[i == 1 and "start" or "learn"](streamed, samples(nj.cat(features), nj.cat(halves), base.classes))
end
at_once:start(base)
assert(streamed:scores(known.features):allclose(at_once:scores(known.features), { rtol = 1e-2, atol = 0.1 }))

-- Another seed gives other random features, and TEEN without calibration keeps a word's own prototype.
local one, two = new_learner("ranpac", 1), new_learner("ranpac", 2)
one:start(base)
two:start(base)
assert(not one:scores(known.features):allclose(two:scores(known.features), { atol = 1e-4 }))
local own, mean = new_learner("teen", 1, { own = 1.0 }), nj.cat { sessions[1]:of(7):mean(1) }
own:start(base)
own:learn(sessions[1])
assert(own.prototypes[7]:allclose(mean:normalize(), { atol = 1e-5 }))
