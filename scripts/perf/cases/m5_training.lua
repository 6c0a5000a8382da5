-- A training step of NeuroBench's M5 at the paper's size, batch 256: Adam, dropout, batch norm.
local nj = require "nightjar"
local case = require "case"

local task = { input = { time = 201, channels = 20 }, classes = 200 }
case.training(nj.plugin("model", "m5").build({}, task), 256, 201)
