-- A thousand million epochs: the host must not list them first.
-- expect: time limit
-- limits: time=300ms
local nj = require "nightjar"
local layer = nj.nn.Linear(1, 1)
nj.train {
  model = layer, optimizer = nj.optim.SGD(layer:parameters(), { lr = 0 }), epochs = 1 << 30,
  batches = { { features = nj.ones(1, 1), labels = nj.tensor({ 1 }, { dtype = "int32" }) } },
}
