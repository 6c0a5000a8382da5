-- The supervised contrastive loss of embeddings (samples, width) of length 1: every sample identifies the others of its
-- class among all others (Khosla et al. 2020, arXiv 2004.11362).
local nj = require "nightjar"

return function(z, labels, temperature)
  local positives = labels:unsqueeze(2):eq(labels):to "float32" * (1 - nj.eye(#z))
  local logits = z:matmul(z:t()) / temperature - nj.eye(#z) * 1e9
  local log_probabilities = logits - logits:logsumexp(2, true)
  return -((log_probabilities * positives):sum(2) / positives:sum(2):clamp(1)):mean()
end
