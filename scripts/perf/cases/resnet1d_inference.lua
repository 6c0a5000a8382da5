-- Inference of the shipped model `resnet1d`, batch 256.
local nj = require "nightjar"
local case = require "case"

local task = { input = { time = 201, channels = 20 }, classes = 200 }
case.inference(nj.plugin("model", "resnet1d").build({}, task), 256, 201)
