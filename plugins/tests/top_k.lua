local nj = require "nightjar"

return nj.test {
  name = "top_k",
  summary = "The fraction of samples whose word is among the k best scores",
  api = 1,
  options = { k = { default = 5, min = 1, help = "how many words count as predicted" } },

  score = function(self, model, batch)
    local scores = model(batch.features)
    local _, predictions = scores:topk(math.min(self.options.k, scores:size(2)), 2)
    return predictions:eq(batch.labels:unsqueeze(2)):any(2)
  end,
}
