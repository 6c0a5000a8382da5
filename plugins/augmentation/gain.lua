-- Makes each clip louder or quieter, by up to `decibels`.
local nj = require "nightjar"

return function(waveforms, _, decibels)
  local gains = (nj.rand(#waveforms, 1) * 2 - 1) * decibels
  return waveforms * 10 ^ (gains / 20)
end
