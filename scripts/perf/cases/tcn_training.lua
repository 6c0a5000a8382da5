-- A training step of the TCN with 256 channels, kernel 9, four dilated blocks, batch 32: Adam, dropout, batch norm.
local nj = require "nightjar"
local case = require "case"

local task = { input = { time = 200, channels = 20 }, classes = 200 }
case.training(nj.plugin("model", "tcn").build({ channels = 256 }, task), 32, 200)
