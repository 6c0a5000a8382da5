-- The loss and the epoch callback release parameters, scores and labels.
-- expect: completes
local nj = require "nightjar"
local layer = nj.nn.Linear(2, 2)
local batches = { { features = nj.ones(3, 2), labels = nj.tensor({ 1, 2, 1 }, { dtype = "int32" }) } }
local optimizer = nj.optim.SGD(layer:parameters(), { lr = 0.1 })
pcall(nj.train, {
  model = layer, batches = batches, optimizer = optimizer, epochs = 3,
  loss = function(scores, labels)
    local loss = nj.loss.cross_entropy(scores, labels)
    scores:release() labels:release() layer.weight:release()
    return loss
  end,
  on_epoch = function() optimizer:zero_grad() batches[1].features:release() collectgarbage() end,
})
assert(layer(nj.ones(1, 2)):isfinite():all():item())
