-- A training step of the TCN with 256 channels, kernel 9, four dilated blocks, batch 32: Adam, dropout, batch norm.
local nj = require "nightjar"
local case = require "case"

local task = { input = { time = 200, channels = 20 }, classes = 200 }
local model = nj.plugin("model", "tcn").build({ channels = 256 }, task)
local optimizer = nj.optim.Adam(model:parameters(), { lr = 0.01 })
local given = model:state()
given.x = nj.randn { 32, 200, 20 }
given.y = nj.randint(1, 200, { 32 })

-- Dropout draws other numbers in the peer: the loss before the first step is compared, without it.
model:eval()
local before = nj.loss.cross_entropy(model(given.x), given.y):item()
model:train()

case.run(given, function()
  local loss = nj.loss.cross_entropy(model(given.x), given.y)
  optimizer:zero_grad()
  loss:backward()
  optimizer:step()
  return before
end)
