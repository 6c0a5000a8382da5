local nj = require "nightjar"
local windows = require "features.windows"

return nj.encoder {
  name = "mfcc40",
  summary = "For recordings of people: 40 cepstral coefficients of 40 mel bands up to 7600 Hz, every 10 ms",
  api = 1,
  options = windows.options {
    coefficients = { default = 40, min = 1, help = "no more than mel bands" },
    mels = { default = 40, min = 1, help = "mel bands" },
    window = { default = 0.025, min = 0.001, help = "length of a window in seconds" },
    hop = { default = 0.01, min = 0.0005, help = "seconds from a window to the next" },
    high = { default = 7600, min = 1, help = "Hz; half the sample rate at most" },
  },

  setup = function(self, rate)
    self.settings = windows.settings(self.options, rate, { n_mfcc = self.options.coefficients })
    self.settings.f_max = math.min(self.options.high, rate / 2)
  end,

  encode = function(self, waveforms) return nj.audio.mfcc(waveforms, self.settings) end,
}
