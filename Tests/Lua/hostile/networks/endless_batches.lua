-- Batches that never end.
-- expect: time limit
-- limits: time=300ms
local nj = require "nightjar"
local layer = nj.nn.Linear(1, 1)
local batch = { features = nj.ones(1, 1), labels = nj.tensor({ 1 }, { dtype = "int32" }) }
nj.train { model = layer, optimizer = nj.optim.SGD(layer:parameters()),
  batches = function() return batch end }
