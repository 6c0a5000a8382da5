-- Inference of the TCN with 256 channels, kernel 9, four dilated blocks, batch 32.
local nj = require "nightjar"
local case = require "case"

local task = { input = { time = 200, channels = 20 }, classes = 200 }
case.inference(nj.plugin("model", "tcn").build({ channels = 256 }, task), 32, 200)
