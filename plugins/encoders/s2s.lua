local nj = require "nightjar"

return nj.encoder {
  name = "s2s",
  summary = "Speech2Spikes: −1, 0 and 1 where a log-mel band falls or rises (Stewart et al. 2023), as NeuroBench has it",
  api = 1,
  options = {
    mels = { default = 20, min = 1, help = "mel bands, and so channels" },
    threshold = { default = 1.0, min = 0.01, help = "a change of the logarithm that is a spike" },
    window = { default = 512 / 48000, min = 0.001, help = "seconds a window sees (512 samples at 48 kHz)" },
    hop = { default = 240 / 48000, min = 0.0005, help = "seconds from a window to the next" },
    low = { default = 20, min = 0, help = "Hz" },
    high = { default = 4000, min = 1, help = "Hz" },
  },

  setup = function(self, rate)                   -- windows last as long at any rate
    local o = self.options
    self.settings = {
      sample_rate = rate, n_mels = o.mels, f_min = o.low, f_max = o.high, threshold = o.threshold,
      n_fft = math.floor(o.window * rate + 0.5), hop_length = math.floor(o.hop * rate + 0.5),
    }
  end,

  encode = function(self, waves)                 -- (batch, samples) → (batch, time, band)
    return nj.audio.s2s(waves, self.settings)
  end,
}
