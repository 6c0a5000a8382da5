-- Inference of the shipped model `ds_cnn`, batch 256.
local nj = require "nightjar"
local case = require "case"

local task = { input = { time = 201, channels = 20 }, classes = 200 }
case.inference(nj.plugin("model", "ds_cnn").build({}, task), 256, 201)
