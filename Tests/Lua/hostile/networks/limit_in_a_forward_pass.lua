-- The limit is reached in a forward pass inside a training run inside a coroutine.
-- expect: time limit
-- limits: time=200ms
local nj = require "nightjar"
local Slow = nj.nn.module { init = function(self) self.inner = nj.nn.Linear(1, 1) end,
  forward = function(self, x) while true do pcall(self.inner, x) end end }
local slow = Slow()
coroutine.wrap(function()
  pcall(nj.train, {
    model = slow, optimizer = nj.optim.SGD(slow:parameters()),
    batches = { { features = nj.ones(1, 1), labels = nj.tensor({ 1 }, { dtype = "int32" }) } },
  })
  while true do end
end)()
