local nj = require "nightjar"

return nj.metric {
  name = "forgetting",
  summary = "How far base words fall from their best session to the last, 0 to 1 "
    .. "(Chaudhry et al. 2018, arXiv 1801.10112)",
  api = 1,

  start = function(self, context)
    self.base_classes = context.base_classes
    self.right, self.count = {}, {}
  end,

  update = function(self, batch)                 -- a part of one session's test; base words come first
    local s = batch.session
    local base = batch.labels:le(self.base_classes)
    self.right[s] = (self.right[s] or 0) + base:logical_and(batch.predictions:eq(batch.labels)):sum():item()
    self.count[s] = (self.count[s] or 0) + base:sum():item()
  end,

  value = function(self)
    if #self.right == 0 then error("nothing to measure: there were no sessions after the first test", 0) end
    local best, last = 0, 0
    for session = 0, #self.right do
      last = self.right[session] / self.count[session]
      best = math.max(best, last)
    end
    return best - last
  end,
}
