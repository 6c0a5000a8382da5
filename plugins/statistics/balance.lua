-- Weights for least squares by which every class counts the same, however many samples it has: one-hot targets times
-- factors (samples, classes), and the factors (samples, 1), by which the samples have to be multiplied too.
local nj = require "nightjar"

return function(labels, classes)
  local targets = nj.one_hot(labels, classes)
  local factors = (targets / targets:sum(1):clamp(1)):sum(2, true):sqrt()
  return targets * factors, factors
end
