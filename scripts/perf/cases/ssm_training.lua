-- A training step of the shipped model `ssm`, batch 256: Adam, dropout, batch norm.
local nj = require "nightjar"
local case = require "case"

local task = { input = { time = 201, channels = 20 }, classes = 200 }
case.training(nj.plugin("model", "ssm").build({}, task), 256, 201)
