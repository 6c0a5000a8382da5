-- Inference of NeuroBench's M5 at the paper's size, batch 1.
local nj = require "nightjar"
local case = require "case"

local task = { input = { time = 201, channels = 20 }, classes = 200 }
local model = nj.plugin("model", "m5").build({}, task)
model:eval()
local given = model:state()
given.x = nj.randn { 1, 201, 20 }

case.run(given, function() return nj.no_grad(function() return model(given.x) end) end, 20)
