local nj = require "nightjar"

return nj.learner {
  name = "frozen",
  summary = "The trained readout as it is: learns nothing, the baseline of forgetting (NeuroBench, arXiv 2304.04640)",
  api = 1,

  start = function(self, base) self.model = base.model end,
  scores = function(self, features) return self.model:readout(features) end,
}
