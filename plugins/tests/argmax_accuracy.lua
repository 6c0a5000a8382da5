local nj = require "nightjar"

return nj.test {
  name = "argmax_accuracy",
  summary = "The share of samples whose best score is their word's: the standard test function, to start your own from",
  api = 1,

  run = function(self, model, batches)  -- model(features): scores, −∞ for words not learned yet
    local right, count = 0, 0
    for batch in batches do
      local predictions = model(batch.features):argmax(2)
      right = right + predictions:eq(batch.labels):sum():item()
      count = count + #batch.labels
    end
    return { accuracy = right / count }
  end,
}
