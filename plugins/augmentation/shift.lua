-- Moves each clip in time, by up to `seconds` either way.
local nj = require "nightjar"

return function(waveforms, rate, seconds)
  local offsets = nj.rand(#waveforms) * 2 - 1
  return nj.audio.shift(waveforms, offsets * (seconds * rate))
end
