-- What the encoders share: windows over the sound, in seconds, and mel bands.
local windows = {}

-- The options of the windows, by default NeuroBench's, with those of an encoder added.
function windows.options(own)
  local options = {
    mels = { default = 20, min = 1, help = "mel bands" },
    window = { default = 512 / 48000, min = 0.001, help = "length of a window in seconds (512 samples at 48 kHz)" },
    hop = { default = 240 / 48000, min = 0.0005, help = "seconds from a window to the next" },
    low = { default = 20, min = 0, help = "Hz" },
    high = { default = 4000, min = 1, help = "Hz" },
  }
  for name, option in pairs(own) do options[name] = option end
  return options
end

-- The options of nj.audio at a sample rate, with `own` added; windows last as long at any rate.
function windows.settings(options, rate, own)
  local settings = {
    sample_rate = rate,
    n_mels = options.mels,
    f_min = options.low,
    f_max = options.high,
    n_fft = math.floor(options.window * rate + 0.5),
    hop_length = math.floor(options.hop * rate + 0.5),
  }
  for name, value in pairs(own) do settings[name] = value end
  return settings
end

return windows
