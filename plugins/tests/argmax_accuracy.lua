local nj = require "nightjar"

return nj.test {
  name = "argmax_accuracy",
  summary = "Accuracy of the highest score: the standard test function, to start your own from",
  api = 1,

  score = function(self, model, batch)           -- model(features): scores, −∞ for words not learned yet
    return model(batch.features):argmax(2):eq(batch.labels)
  end,
}
