local nj = require "nightjar"

return nj.metric {
  name = "calibration",
  summary = "Expected calibration error: how far confidence is from accuracy (Guo et al. 2017, arXiv 1706.04599)",
  api = 1,
  options = { bins = { default = 15, min = 1, max = 1000, help = "bins of equal width, by confidence" } },

  start = function(self)
    self.count, self.correct, self.confidence = {}, {}, {}
    for bin = 1, self.options.bins do
      self.count[bin], self.correct[bin], self.confidence[bin] = 0, 0, 0
    end
  end,

  update = function(self, batch)
    local confidence = batch.outputs:softmax(2):max(2)
    local correct = batch.predictions:eq(batch.labels):to("float32")
    local bins = (confidence * self.options.bins):ceil():clamp(1, self.options.bins)
    for bin = 1, self.options.bins do
      local is_in = bins:eq(bin):to("float32")
      self.count[bin] = self.count[bin] + is_in:sum():item()
      self.correct[bin] = self.correct[bin] + (is_in * correct):sum():item()
      self.confidence[bin] = self.confidence[bin] + (is_in * confidence):sum():item()
    end
  end,

  value = function(self)
    local error, total = 0, 0
    for bin, count in ipairs(self.count) do
      error = error + math.abs(self.confidence[bin] - self.correct[bin])
      total = total + count
    end
    return error / total
  end,
}
