-- Batches that are not batches, or have labels out of range.
-- expect: completes
local nj = require "nightjar"
local layer = nj.nn.Linear(1, 2)
local function labels(...) return nj.tensor({ ... }, { dtype = "int32" }) end
local optimizer = nj.optim.SGD(layer:parameters(), { lr = 0.1 })
for _, batch in ipairs { 1, "x", {}, { features = 1, labels = 2 },
  { features = nj.ones(1, 1), labels = nj.ones(1) }, { features = nj.ones(1, 1), labels = labels(0) },
  { features = nj.ones(1, 1), labels = labels(3) },
  { features = nj.ones(1, 1), labels = labels(-2147483648) },
  { features = nj.ones(2, 1), labels = labels(1) }, { features = nj.ones(1, 3), labels = labels(1) },
  { features = nj.ones({ 1, 1 }, { dtype = "bool" }), labels = layer } } do
  assert(not pcall(nj.train, { model = layer, optimizer = optimizer, batches = { batch } }))
end
assert(not pcall(nj.train, { model = layer, optimizer = optimizer, batches = {} }))
assert(not pcall(nj.accuracy, layer, {}) and not pcall(nj.accuracy, layer, coroutine.yield))
