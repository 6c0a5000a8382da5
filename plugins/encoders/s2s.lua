local nj = require "nightjar"
local windows = require "features.windows"

return nj.encoder {
  name = "s2s",
  summary = "Speech2Spikes: −1, 0 and 1 where a log-mel band falls or rises "
    .. "(Stewart et al. 2023), as NeuroBench has it",
  api = 1,
  options = windows.options {
    threshold = { default = 1.0, min = 0.01, help = "a change of the logarithm that is a spike" },
  },

  setup = function(self, rate)
    self.settings = windows.settings(self.options, rate, { threshold = self.options.threshold })
  end,

  encode = function(self, waveforms)                 -- (batch, samples) → (batch, time, band)
    return nj.audio.s2s(waveforms, self.settings)
  end,
}
