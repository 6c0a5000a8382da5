local nj = require "nightjar"
local windows = require "features.windows"

return nj.encoder {
  name = "mfcc",
  summary = "Mel-frequency cepstral coefficients with NeuroBench's settings: 20 of 20 mel bands, 20 to 4000 Hz",
  api = 1,
  options = windows.options {
    coefficients = { default = 20, min = 1 },
    normalize = {
      default = "none", choices = { "none", "mean" },
      help = "mean: from each coefficient its mean over the clip is subtracted (Atal 1974)",
    },
  },

  setup = function(self, rate)
    self.settings = windows.settings(self.options, rate, { n_mfcc = self.options.coefficients })
  end,

  encode = function(self, waveforms)                 -- (batch, samples) → (batch, time, coefficient)
    local x = nj.audio.mfcc(waveforms, self.settings)
    if self.options.normalize == "none" then return x end
    return x - x:mean(2, true)                       -- a microphone's own sound is a constant of the cepstrum
  end,
}
