-- More epochs than there are numbers for.
-- expect: T
-- limits: time=300ms
-- alone: until it neither hangs nor crashes
local nj = require "nightjar"
local layer = nj.nn.Linear(1, 1)
nj.train {
  model = layer, optimizer = nj.optim.SGD(layer:parameters(), { lr = 0 }), epochs = math.maxinteger,
  batches = { { features = nj.ones(1, 1), labels = nj.tensor({ 1 }, { dtype = "int32" }) } },
}
