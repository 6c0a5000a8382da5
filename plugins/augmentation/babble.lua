-- Adds the babble of `voices` other clips of the batch to each clip, at a ratio between `low` and `high` dB.
local nj = require "nightjar"

return function(waveforms, _, low, high, voices)
  local babble = nj.zeros(waveforms.shape)
  for _ = 1, voices do
    babble = babble + waveforms:index_select(1, nj.randperm(#waveforms))
  end
  return nj.audio.add_noise(waveforms, babble, low + nj.rand(#waveforms) * (high - low))
end
