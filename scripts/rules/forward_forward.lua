-- The forward-forward algorithm (Hinton 2022, arXiv 2212.13345): each layer learns by itself to be active for digits
-- with their own label and silent for digits with a wrong one. nightjar run scripts/rules/forward_forward.lua
local nj = require "nightjar"
local digits = require "data.digits"
local options = nj.run.options { epochs = { default = 40 }, hidden = { default = 200 }, lr = { default = 0.003 } }
local train, test = digits(1, 60, 50), digits(2, 1, 2000)[1]
local random = nj.random(3)

local function labelled(x, labels) return nj.cat({ x, nj.one_hot(labels, 10) * 3 }, 2) end
local function scaled(x) return x / (x:square():mean(2, true):sqrt() + 1e-4) end   -- passes on the direction alone

local layers = {}
for i, width in ipairs { 45, options.hidden } do
  local w = (random:randn(width, options.hidden) / width ^ 0.5):requires_grad_()
  local b = nj.zeros(options.hidden):requires_grad_()
  layers[i] = { w = w, b = b, optimizer = nj.optim.Adam({ w, b }, { lr = options.lr }) }
end
local function activity(layer, x) return (scaled(x):matmul(layer.w) + layer.b):relu() end

-- A layer's goodness is the mean square of its activity; a step makes the first half of x better than the others.
local function step(layer, x, sign)
  layer.optimizer:zero_grad()
  local h = activity(layer, x)
  local goodness = h:square():mean(2) - 0.5
  ((goodness * sign * -4):exp() + 1):log():mean():backward()
  layer.optimizer:step()
  return h:detach()
end

-- The label with which the digit makes the layers most active.
local function predicted(x)
  local scores = {}
  for label = 1, 10 do
    local h, sum = labelled(x, nj.full({ #x }, label, { dtype = "int32" })), 0
    for _, layer in ipairs(layers) do
      h = activity(layer, h)
      sum = sum + h:square():mean(2)
    end
    scores[label] = sum
  end
  return nj.stack(scores, 2):argmax(2)
end

local around = nj.cat { nj.arange(1, 10), nj.arange(1, 10) }:to "int32"   -- a label and 1 to 9 give any other label
local accuracies = {}
for epoch = 1, options.epochs do
  for _, batch in ipairs(train) do
    local size = #batch.labels
    local wrong = around:index_select(1, batch.labels + random:randint(1, 9, { size }))
    local h = nj.cat { labelled(batch.features, batch.labels), labelled(batch.features, wrong) }
    local sign = nj.cat { nj.ones(size), nj.full({ size }, -1) }
    for _, layer in ipairs(layers) do h = step(layer, h, sign) end
  end
  local predictions = nj.no_grad(function() return predicted(test.features) end)
  accuracies[epoch] = predictions:eq(test.labels):sum():item() / #test.labels
end

print(("forward-forward %.3f"):format(accuracies[#accuracies]))
nj.run.figure("forward_forward", nj.plot.lines {
  y = accuracies, title = "Forward-forward", x_label = "epoch", y_label = "accuracy on new digits",
  caption = "digits of dots",
})
assert(accuracies[#accuracies] > 0.88, "forward-forward does not learn")
