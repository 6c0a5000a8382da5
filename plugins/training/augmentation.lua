-- Changes of a batch during training: SpecAugment's masks and mix-up.
local nj = require "nightjar"

local augmentation = {}

-- Sets `count` random spans of time (dimension 2) and of channels (3), each at most a fifth of all, to the mean of the
-- batch.
function augmentation.masked(x, count, dimensions)
  local mean = x:mean({ 1, 2 }, true)
  for _, dim in ipairs(dimensions or { 2, 3 }) do
    local length = x:size(dim)
    local positions = nj.arange(1, length)
    for _ = 1, count do
      local width = nj.rand(#x, 1) * (length / 5)
      local first = nj.rand(#x, 1) * (length - width)
      local hidden = positions:gt(first):logical_and(positions:le(first + width))
      x = nj.where(hidden:unsqueeze(dim == 2 and 3 or 2), mean, x)
    end
  end
  return x
end

-- A number from Beta(a, a), by Jöhnk's method.
local function beta(a)
  while true do
    local x = nj.rand(1)[1] ^ (1 / a)
    local y = nj.rand(1)[1] ^ (1 / a)
    if x + y > 0 and x + y <= 1 then return x / (x + y) end
  end
end

-- Each sample mixed with another one; the weight of the sample itself, and the order of the others.
function augmentation.mixed(x, alpha)
  local lambda = beta(alpha)
  local order = nj.randperm(#x)
  return x * lambda + x:index_select(1, order) * (1 - lambda), lambda, order
end

-- A training step: masks and mix-up by the options, then forward(net, x) → output and loss(output, labels).
function augmentation.step(options, forward, loss)
  return function(net, batch)
    local x, labels = batch.features, batch.labels
    if options.masks > 0 then x = augmentation.masked(x, options.masks) end
    if not options.mix_up then return loss(forward(net, x), labels) end
    local mixed, lambda, order = augmentation.mixed(x, options.mix_up)
    local output = forward(net, mixed)
    return loss(output, labels) * lambda + loss(output, labels:index_select(1, order)) * (1 - lambda)
  end
end

return augmentation
