-- NaN, infinities, no samples, and clips without samples.
-- expect: completes
-- limits: time=5s
local nj = require "nightjar"
for _, waveforms in ipairs { nj.full({ 400 }, 0 / 0), nj.full({ 400 }, 1 / 0), nj.full({ 400 }, -1e38),
  nj.zeros(0), nj.zeros(3, 0), nj.zeros(0, 400), nj.zeros(1), nj.zeros({ 400 }, { dtype = "int32" }),
  nj.zeros(2, 2, 2), nj.zeros({}) } do
  for _, name in ipairs { "mfcc", "spectrogram", "mel_spectrogram", "s2s" } do
    local ok, features = pcall(nj.audio[name], waveforms)
    assert(ok or type(features) == "string")
  end
  pcall(nj.audio.resample, waveforms, 16000, 8000)
  pcall(nj.audio.delta, waveforms)
end
