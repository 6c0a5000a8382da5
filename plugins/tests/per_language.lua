local nj = require "nightjar"

return nj.test {
  name = "per_language",
  summary = "Accuracy averaged over languages, and that of the weakest language",
  api = 1,

  run = function(self, model, batches)
    local correct, count = {}, {}
    for batch in batches do
      local hits = model(batch.features):argmax(2):eq(batch.labels):totable()
      for i, language in ipairs(batch.languages) do
        correct[language] = (correct[language] or 0) + (hits[i] and 1 or 0)
        count[language] = (count[language] or 0) + 1
      end
    end
    -- Languages come session by session; a test returns the same numbers in all of them.
    local weakest, sum, languages = 1, 0, 0
    for language, n in pairs(count) do
      local accuracy = correct[language] / n
      weakest = math.min(weakest, accuracy)
      sum = sum + accuracy
      languages = languages + 1
    end
    return { mean = sum / languages, weakest = weakest }
  end,
}
