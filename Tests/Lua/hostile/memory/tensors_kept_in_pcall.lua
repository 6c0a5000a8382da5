-- Large tensors, all of them kept, with every error caught.
-- expect: memory limit
-- limits: time=20s
local nj = require "nightjar"
local kept = {}
while true do
  local ok, tensor = pcall(nj.zeros, 1e6)
  if ok then kept[#kept + 1] = tensor end
end
