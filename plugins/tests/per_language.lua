local nj = require "nightjar"

return nj.test {
  name = "per_language",
  summary = "Accuracy of each language's words, and that of the weakest language",
  api = 1,

  run = function(self, model, batches)
    local right, count = {}, {}
    for batch in batches do
      local hits = model(batch.features):argmax(2):eq(batch.labels):totable()
      for i, language in ipairs(batch.languages) do
        right[language] = (right[language] or 0) + (hits[i] and 1 or 0)
        count[language] = (count[language] or 0) + 1
      end
    end
    -- Languages come session by session; a test gives the same numbers in all of them.
    local weakest, sum, languages = 1, 0, 0
    for language, n in pairs(count) do
      weakest, sum, languages = math.min(weakest, right[language] / n), sum + right[language] / n, languages + 1
    end
    return { mean = sum / languages, weakest = weakest }
  end,
}
