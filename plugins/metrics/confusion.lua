local nj = require "nightjar"

return nj.metric {
  name = "confusion",
  summary = "After the last session: how many pairs of words are confused, and the fraction of errors in one pair",
  api = 1,

  start = function(self) self.session = nil end,

  update = function(self, batch)                 -- counts of the current session: (label, prediction)
    if batch.session ~= self.session then
      self.session, self.classes = batch.session, batch.outputs:size(2)
      self.counts = nj.zeros(self.classes * self.classes)
    end
    local cells = (batch.labels - 1) * self.classes + batch.predictions
    self.counts = self.counts:scatter_add(1, cells, nj.ones(#cells))
  end,

  value = function(self)
    local counts = self.counts:reshape(self.classes, self.classes)
    local errors = counts * (1 - nj.eye(self.classes))
    local pairs = errors + errors:t()
    local total = errors:sum():item()
    return {
      accuracy = 1 - total / counts:sum():item(),
      pairs = pairs:gt(0):sum():item() // 2,
      worst_pair = total > 0 and pairs:max():item() / total or 0,
    }
  end,
}
