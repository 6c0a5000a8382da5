-- What is done to a batch before the network sees it.
local nj = require "nightjar"

local augmentation = {}

-- Each sample with stretches of time and of channels, at most a fifth of all, put to the batch's mean.
function augmentation.masked(x, count)
  local mean = x:mean({ 1, 2 }, true)
  for dim = 2, 3 do
    local length = x:size(dim)
    local places = nj.arange(1, length)
    for _ = 1, count do
      local width = nj.rand(#x, 1) * (length / 5)
      local first = nj.rand(#x, 1) * (length - width)
      local hidden = places:gt(first):logical_and(places:le(first + width))
      x = nj.where(hidden:unsqueeze(dim == 2 and 3 or 2), mean, x)
    end
  end
  return x
end

-- A number from Beta(a, a), by Jöhnk's method.
local function beta(a)
  while true do
    local x, y = nj.rand(1)[1] ^ (1 / a), nj.rand(1)[1] ^ (1 / a)
    if x + y > 0 and x + y <= 1 then return x / (x + y) end
  end
end

-- The batch with each sample mixed into another, and how: the share each keeps, and the order the others come in.
function augmentation.mixed(x, alpha)
  local share, order = beta(alpha), nj.randperm(#x)
  return x * share + x:index_select(1, order) * (1 - share), { share = share, order = order }
end

return augmentation
