-- 64 waveforms of one second from 48 to 16 kHz: twenty tones below 2 kHz, which every resampler keeps.
local nj = require "nightjar"
local case = require "case"

local rate = 48000
local time = nj.arange(0, rate - 1) / rate
local waveforms = nj.zeros { 64, rate }
for _ = 1, 20 do
  local frequency, phase = nj.rand { 64, 1 } * 2000, nj.rand { 64, 1 } * 6
  waveforms = waveforms + (frequency * time * (2 * math.pi) + phase):sin() * 0.05
end

local function resample() return nj.audio.resample(waveforms, rate, 16000) end

-- At the ends each resampler continues the waveform in its own way.
case.run({ waveforms = waveforms }, resample, 1, function() return resample():narrow(2, 1001, 14000) end)
