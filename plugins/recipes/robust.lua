local nj = require "nightjar"
local members = require "training.members"
local recordings = require "training.recordings"

return nj.recipe {
  name = "robust",
  summary = "For recordings of people: cross-entropy on augmented sound, AdamW in one cycle, the best validation epoch",
  api = 1,
  options = recordings.options {},

  train = function(self, model, data, context)
    local smoothing = { label_smoothing = self.options.label_smoothing }
    return recordings.train(self, model, model, data, context, function(x, labels)
      local loss = 0
      for _, member in ipairs(members(model)) do
        loss = loss + nj.loss.cross_entropy(member(x), labels, smoothing)
      end
      return loss
    end)
  end,
}
