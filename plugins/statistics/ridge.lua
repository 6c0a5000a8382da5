-- Ridge regression on features(x), which sums over samples: its solution is that of all samples at once, however many
-- come later.
local nj = require "nightjar"

local ridge = {}

-- The sums of no samples, for features (samples, width) and targets (samples, outputs).
function ridge.new(features, width, outputs)
  return { features = features, gram = nj.zeros { width, width }, moment = nj.zeros { width, outputs } }
end

-- Adds samples x with their targets; the features are multiplied by factors (samples, 1). It does so for some at a
-- time: the features of all of them may not fit in memory.
function ridge.add(sums, x, targets, factors)
  targets, factors = targets:split(2048), factors:split(2048)
  for i, part in ipairs(x:split(2048)) do
    local _ <close> = nj.scope()
    local h = sums.features(part) * factors[i]
    sums.gram:add_(h:t():matmul(h))
    sums.moment:add_(h:t():matmul(targets[i]))
  end
end

-- Adds a penalty (width, width) on the squared weights, such as a multiple of the identity.
function ridge.penalize(sums, penalty) sums.gram:add_(penalty) end

-- The weight (width, outputs).
function ridge.solution(sums) return sums.gram:solve(sums.moment) end

-- The one of the multiples of a penalty whose solution has the smallest error on other samples.
function ridge.best(sums, penalty, multiples, x, targets, factors)
  local h = sums.features(x) * factors
  local best, least = multiples[#multiples], math.huge
  for _, multiple in ipairs(multiples) do
    local weight = (sums.gram + penalty * multiple):solve(sums.moment)
    local loss = (h:matmul(weight) - targets):square():sum():item()
    if loss < least then best, least = multiple, loss end
  end
  return best
end

return ridge
