-- Inference of the TCN with 256 channels, kernel 9, four dilated blocks, batch 32.
local nj = require "nightjar"
local case = require "case"

local task = { input = { time = 200, channels = 20 }, classes = 200 }
local model = nj.plugin("model", "tcn").build({ channels = 256 }, task)
model:eval()
local given = model:state()
given.x = nj.randn { 32, 200, 20 }

case.run(given, function() return nj.no_grad(function() return model(given.x) end) end)
