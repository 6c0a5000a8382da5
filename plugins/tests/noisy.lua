local nj = require "nightjar"

-- White noise at so many decibels below each clip.
local function noisy(waveforms, snr, random)
  local power = waveforms:square():mean(2, true)
  local noise = random:randn(table.unpack(waveforms.shape))
  return waveforms + noise * (power * 10 ^ (-snr / 10)):sqrt()
end

return nj.test {
  name = "noisy",
  summary = "Accuracy against noise: white noise of several strengths over every clip of the test",
  api = 1,
  options = {
    snr = { default = { 20, 10, 0 }, help = "signal-to-noise ratios in decibels" },
  },

  run = function(self, model, batches, context)
    local right, count = {}, 0
    for batch in batches do
      for _, snr in ipairs(self.options.snr) do
        local random = nj.random(1000 + count)   -- the same noise whichever learner listens
        local embedding = context.embed_transformed(batch, ("noise at %g dB"):format(snr), function(waveforms)
          return noisy(waveforms, snr, random)
        end)
        right[snr] = (right[snr] or 0) + model(embedding):argmax(2):eq(batch.labels):sum():item()
      end
      count = count + #batch.labels
    end
    local results = {}
    for snr, n in pairs(right) do results[("%g dB"):format(snr)] = n / count end
    return results
  end,
}
