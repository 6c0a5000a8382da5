-- Warnings of the host with text of the script.
-- expect: output limit
-- limits: time=20s output=64KiB
local nj = require "nightjar"
local model = nj.nn.ReLU()
local batches = { { features = nj.zeros { 1, 1 } } }
while true do
  nj.benchmark { model = model, batches = batches, workload = { function() error(("y"):rep(3000)) end } }:run()
end
