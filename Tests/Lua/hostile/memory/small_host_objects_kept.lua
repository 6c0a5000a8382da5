-- Small host objects of every kind, all of them kept.
-- expect: memory limit
-- limits: time=20s lua-memory=16MiB output=1GiB
local nj = require "nightjar"
local kept = {}
while true do
  for _, make in ipairs { nj.random, nj.progress } do kept[#kept + 1] = make(1) end
  kept[#kept + 1] = nj.scope()
  kept[#kept + 1] = nj.nn.ReLU()
  kept[#kept + 1] = nj.run.options
end
