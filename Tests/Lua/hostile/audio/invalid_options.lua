-- Invalid values for every option of every audio feature.
-- expect: completes or memory limit
-- limits: time=20s
local nj = require "nightjar"
local options = { "n_fft", "win_length", "hop_length", "power", "n_mels", "f_min", "f_max", "n_mfcc",
  "top_db", "sample_rate", "threshold", "log_offset", "n_freqs", "rate" }
for _, value in ipairs { 0 / 0, 1 / 0, -1, 0, 1.5, "10", true, {}, math.mininteger, 2 ^ 53, math.maxinteger,
  1e300 } do
  for name, feature in pairs(nj.audio) do
    for _, option in ipairs(options) do
      local ok, problem = pcall(feature, nj.zeros(100), { [option] = value })
      assert(ok or type(problem) == "string", name)
    end
    pcall(feature, value, value, value)
    pcall(feature, nj.zeros(10), value, value)
  end
end
