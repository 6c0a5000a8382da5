-- Plays each clip faster and higher, or slower and lower, by a factor of up to 1 ± `change` (Ko et al. 2015, "Audio
-- augmentation for speech recognition").
local nj = require "nightjar"

return function(waveforms, _, change)
  local factors = 1 + (nj.rand(#waveforms) * 2 - 1) * change
  return nj.audio.speed(waveforms, factors)
end
