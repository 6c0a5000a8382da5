-- A training step of NeuroBench's spiking network, two layers of 1024 neurons over 201 steps, batch 64.
local nj = require "nightjar"
local case = require "case"

local options = { width = 1024, dropout = 0 }
local task = { input = { time = 201, channels = 20 }, classes = 200 }
local model = nj.plugin("model", "radlif").build(options, task)
local optimizer = nj.optim.Adam(model:parameters(), { lr = 0.001 })
local given = model:state()
local x = nj.randn { 64, 201, 20 }
given.x = x:gt(1):to "float32" - x:lt(-1):to "float32"
given.y = nj.randint(1, 200, { 64 })

-- As in radlif_inference.lua, the first steps are compared.
local function check() return nj.loss.cross_entropy(model(given.x:slice(2, 1, 12)), given.y):item() end

case.run(given, function()
  local loss = nj.loss.cross_entropy(model(given.x), given.y)
  optimizer:zero_grad()
  loss:backward()
  optimizer:step()
  return loss:item()
end, 1, check)
