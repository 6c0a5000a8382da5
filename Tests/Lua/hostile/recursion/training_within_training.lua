-- The loss of a training run trains the same model, and so on.
-- expect: error
local nj = require "nightjar"
local layer = nj.nn.Linear(1, 1)
local settings = {
  model = layer, optimizer = nj.optim.SGD(layer:parameters()),
  batches = { { features = nj.ones(1, 1), labels = nj.tensor({ 1 }, { dtype = "int32" }) } },
}
settings.loss = function() return nj.train(settings) end
nj.train(settings)
