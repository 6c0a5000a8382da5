-- What the MFCC cases share: 64 clips with NeuroBench's settings.
local nj = require "nightjar"
local case = require "case"

-- Times the features of clips of one second at `rate`.
return function(rate)
  local waveforms = nj.randn { 64, rate } * 0.1
  local settings = {
    sample_rate = rate, n_mfcc = 20, n_fft = 512, hop_length = rate // 200, n_mels = 20, f_min = 20, f_max = 4000,
  }
  case.run({ waveforms = waveforms }, function() return nj.audio.mfcc(waveforms, settings) end)
end
