local nj = require "nightjar"

return nj.metric {
  name = "forgetting",
  summary = "How far base words fall from their best session to the last, 0 to 1 "
    .. "(Chaudhry et al. 2018, arXiv 1801.10112)",
  api = 1,

  start = function(self, context)
    self.base_classes = context.base_classes
    self.correct, self.count = {}, {}
  end,

  update = function(self, batch)                 -- a part of one session's test; base words come first
    local session = batch.session
    local is_base = batch.labels:le(self.base_classes)
    local is_correct = batch.predictions:eq(batch.labels)
    self.correct[session] = (self.correct[session] or 0) + is_base:logical_and(is_correct):sum():item()
    self.count[session] = (self.count[session] or 0) + is_base:sum():item()
  end,

  value = function(self)
    if #self.correct == 0 then error("nothing to measure: there were no sessions after the first test", 0) end
    local best, last = 0, 0
    for session = 0, #self.correct do
      last = self.correct[session] / self.count[session]
      best = math.max(best, last)
    end
    return best - last
  end,
}
