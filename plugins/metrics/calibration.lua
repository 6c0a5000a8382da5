local nj = require "nightjar"

return nj.metric {
  name = "calibration",
  summary = "Expected calibration error: how far confidence is from accuracy (Guo et al. 2017, arXiv 1706.04599)",
  api = 1,
  options = { bins = { default = 15, min = 1, max = 1000, help = "of equal width, by confidence" } },

  start = function(self)
    self.count, self.right, self.sum = {}, {}, {}
    for bin = 1, self.options.bins do self.count[bin], self.right[bin], self.sum[bin] = 0, 0, 0 end
  end,

  update = function(self, batch)
    local confidence = batch.outputs:softmax(2):max(2)
    local right = batch.predictions:eq(batch.labels):to("float32")
    local bins = (confidence * self.options.bins):ceil():clamp(1, self.options.bins)
    for bin = 1, self.options.bins do
      local own = bins:eq(bin):to("float32")
      self.count[bin] = self.count[bin] + own:sum():item()
      self.right[bin] = self.right[bin] + (own * right):sum():item()
      self.sum[bin] = self.sum[bin] + (own * confidence):sum():item()
    end
  end,

  value = function(self)
    local error, total = 0, 0
    for bin, n in ipairs(self.count) do
      error, total = error + math.abs(self.sum[bin] - self.right[bin]), total + n
    end
    return error / total
  end,
}
