-- Losses, batches and epoch callbacks that yield.
-- expect: completes
local nj = require "nightjar"
local layer = nj.nn.Linear(1, 1)
local batches = { { features = nj.ones(1, 1), labels = nj.tensor({ 1 }, { dtype = "int32" }) } }
for _, field in ipairs { "loss", "on_epoch", "batches" } do
  local settings = { model = layer, optimizer = nj.optim.SGD(layer:parameters()), batches = batches }
  settings[field] = coroutine.yield
  local ok, problem = coroutine.resume(coroutine.create(nj.train), settings)
  assert(not ok and problem:gsub("^.-%.lua:%d+: ", ""):find("yield"), problem)
end
