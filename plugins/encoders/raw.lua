local nj = require "nightjar"

return nj.encoder {
  name = "raw",
  summary = "The waveform itself, for networks that take sound as it is (Dai et al. 2016, arXiv 1610.00087)",
  api = 1,
  options = {
    rate = { default = 8000, min = 100, max = 192000, help = "the sample rate in Hz; 8000 for NeuroBench's M5" },
  },

  setup = function(self) return self.options.rate end,

  encode = function(self, waveforms)                 -- (batch, samples) → (batch, samples, 1)
    return waveforms:unsqueeze(3)
  end,
}
