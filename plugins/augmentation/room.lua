-- Puts a part of the clips into simulated rooms (Ko et al. 2017, "A study on data augmentation of reverberant speech").
local nj = require "nightjar"

return function(waveforms, rate, part)
  local chosen = nj.rand(#waveforms):lt(part):nonzero():flatten()
  if #chosen == 0 then return waveforms end
  local decays = 0.1 + nj.rand(#chosen) * 0.3
  local ratios = 3 + nj.rand(#chosen) * 15
  local rooms = nj.audio.reverberate(waveforms:index_select(1, chosen), rate, decays, ratios)
  local result = waveforms:clone()
  result[chosen] = rooms
  return result
end
