-- Inference of NeuroBench's M5 at the paper's size, batch 256.
local nj = require "nightjar"
local case = require "case"

local task = { input = { time = 201, channels = 20 }, classes = 200 }
case.inference(nj.plugin("model", "m5").build({}, task), 256, 201)
