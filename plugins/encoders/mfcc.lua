local nj = require "nightjar"
local windows = require "features.windows"

return nj.encoder {
  name = "mfcc",
  summary = "Mel-frequency cepstral coefficients with NeuroBench's settings: 20 of 20 mel bands, 20 to 4000 Hz",
  api = 1,
  options = windows.options {
    coefficients = { default = 20, min = 1 },
  },

  setup = function(self, rate)
    self.settings = windows.settings(self.options, rate, { n_mfcc = self.options.coefficients })
  end,

  encode = function(self, waveforms)                 -- (batch, samples) → (batch, time, coefficient)
    return nj.audio.mfcc(waveforms, self.settings)
  end,
}
