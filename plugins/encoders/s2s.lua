local nj = require "nightjar"
local windows = require "features.windows"

return nj.encoder {
  name = "s2s",
  summary = "Speech2Spikes: −1, 0 and 1 where a log-mel band falls, stays or rises "
    .. "(Stewart et al. 2023), with NeuroBench's settings",
  api = 1,
  options = windows.options {
    threshold = { default = 1.0, min = 0.01, help = "the change of the logarithm at which a spike is emitted" },
  },

  setup = function(self, rate)
    self.settings = windows.settings(self.options, rate, { threshold = self.options.threshold })
  end,

  encode = function(self, waveforms)                 -- (batch, samples) → (batch, time, band)
    return nj.audio.s2s(waveforms, self.settings)
  end,
}
