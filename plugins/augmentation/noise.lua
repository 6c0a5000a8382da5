-- Adds noise of a random colour to each clip, at a signal-to-noise ratio between `low` and `high` dB.
local nj = require "nightjar"

local colors = { "white", "pink", "brown" }

return function(waveforms, _, low, high)
  local drawn = nj.randint(1, #colors, #waveforms):totable()
  local names = {}
  for clip, color in ipairs(drawn) do names[clip] = colors[color] end
  local noise = nj.audio.noise(names, waveforms:size(2))
  return nj.audio.add_noise(waveforms, noise, low + nj.rand(#waveforms) * (high - low))
end
