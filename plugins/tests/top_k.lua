local nj = require "nightjar"

return nj.test {
  name = "top_k",
  summary = "The share of samples whose word is among the k best scores",
  api = 1,
  options = { k = { default = 5, min = 1, help = "how many words are guessed" } },

  run = function(self, model, batches)
    local right, count = 0, 0
    for batch in batches do
      local scores = model(batch.features)
      local _, guesses = scores:topk(math.min(self.options.k, scores:size(2)), 2)
      right = right + guesses:eq(batch.labels:unsqueeze(2)):sum():item()
      count = count + #batch.labels
    end
    return { accuracy = right / count }
  end,
}
