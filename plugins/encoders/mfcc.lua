local nj = require "nightjar"

return nj.encoder {
  name = "mfcc",
  summary = "Mel-frequency cepstral coefficients with NeuroBench's settings: 20 of 20 mel bands, 20 to 4000 Hz",
  api = 1,
  options = {
    coefficients = { default = 20, min = 1 },
    mels = { default = 20, min = 1, help = "mel bands" },
    window = { default = 512 / 48000, min = 0.001, help = "seconds a window sees (512 samples at 48 kHz)" },
    hop = { default = 240 / 48000, min = 0.0005, help = "seconds from a window to the next" },
    low = { default = 20, min = 0, help = "Hz" },
    high = { default = 4000, min = 1, help = "Hz" },
  },

  setup = function(self, rate)                   -- windows last as long at any rate
    local o = self.options
    self.settings = {
      sample_rate = rate, n_mfcc = o.coefficients, n_mels = o.mels, f_min = o.low, f_max = o.high,
      n_fft = math.floor(o.window * rate + 0.5), hop_length = math.floor(o.hop * rate + 0.5),
    }
  end,

  encode = function(self, waves)                 -- (batch, samples) → (batch, time, coefficient)
    return nj.audio.mfcc(waves, self.settings)
  end,
}
