-- A training step of NeuroBench's M5 at the paper's size, batch 256: Adam, dropout, batch norm.
local nj = require "nightjar"
local case = require "case"

local task = { input = { time = 201, channels = 20 }, classes = 200 }
local model = nj.plugin("model", "m5").build({}, task)
local optimizer = nj.optim.Adam(model:parameters(), { lr = 0.01 })
local given = model:state()
given.x = nj.randn { 256, 201, 20 }
given.y = nj.randint(1, 200, { 256 })

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
