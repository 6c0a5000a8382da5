-- A GRU layer 20 → 128 over 200 steps, batch 64, forward and backward.
local nj = require "nightjar"
local case = require "case"

case.recurrent(nj.nn.GRU(20, 128))
