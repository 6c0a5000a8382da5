-- Inference of NeuroBench's spiking network, two layers of 1024 neurons over 201 steps, batch 64.
local nj = require "nightjar"
local case = require "case"

local options = { width = 1024, dropout = 0 }
local task = { input = { time = 201, channels = 20 }, classes = 200 }
local model = nj.plugin("model", "radlif").build(options, task)
model:eval()
local given = model:state()
local x = nj.randn { 64, 201, 20 }
given.x = x:gt(1):to "float32" - x:lt(-1):to "float32"

local function infer(input) return nj.no_grad(function() return model(input) end) end

-- Sums in another order differ in the last bit, and one spike more or less changes all that follows. The first steps
-- agree.
case.run(given, function() return infer(given.x) end, 1, function() return infer(given.x:slice(2, 1, 12)) end)
