local nj = require "nightjar"

-- The clips with white noise at a signal-to-noise ratio in decibels.
local function noisy(waveforms, ratio, random)
  local power = waveforms:square():mean(2, true)
  local noise = random:randn(waveforms.shape)
  return waveforms + noise * (power * 10 ^ (-ratio / 10)):sqrt()
end

return nj.test {
  name = "noisy",
  summary = "Accuracy against noise: white noise of several strengths over every clip of the test",
  api = 1,
  options = {
    snr = { default = { 20, 10, 0 }, help = "signal-to-noise ratios in decibels" },
  },

  score = function(self, model, batch, context)
    if self.session ~= context.session then self.session, self.count = context.session, 0 end
    local correct = {}
    for _, ratio in ipairs(self.options.snr) do
      local random = nj.random(1000 + self.count)   -- the same noise for every learner
      local embedding = context.embed_transformed(batch, ("noise at %g dB"):format(ratio), function(waveforms)
        return noisy(waveforms, ratio, random)
      end)
      correct[("%g dB"):format(ratio)] = model(embedding):argmax(2):eq(batch.labels)
    end
    self.count = self.count + #batch.labels
    return correct
  end,
}
