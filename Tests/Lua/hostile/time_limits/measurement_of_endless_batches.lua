-- A measurement with batches of nine quintillion samples.
-- expect: error
-- message: sizes
local nj = require "nightjar"
nj.system { model = nj.nn.ReLU(), inputs = nj.zeros { 2, 2 }, sizes = { math.maxinteger }, runs = 1, seconds = 0.01 }
