-- Limits the norm of each unit's gradient to `limit` times that of its weights (Brock et al. 2021, arXiv 2102.06171).
local nj = require "nightjar"

local function norms(x) return x:flatten(2):square():sum(2):sqrt() end

return function(parameters, limit)
  nj.no_grad(function()
    for _, p in ipairs(parameters) do
      if p.grad and p:dim() > 1 then
        local scale = (norms(p):clamp(1e-3) * limit / norms(p.grad):clamp(1e-6)):clamp(nil, 1)
        p.grad = (p.grad:flatten(2) * scale:unsqueeze(2)):reshape(p.shape)
      end
    end
  end)
end
