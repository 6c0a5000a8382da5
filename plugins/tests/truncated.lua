local nj = require "nightjar"

return nj.test {
  name = "truncated",
  summary = "Accuracy against how much has been heard: the first part of every clip, then silence",
  api = 1,
  options = { heard = { default = { 0.4, 0.6, 0.8 }, help = "parts of the second that are heard, 0 to 1" } },

  run = function(self, model, batches, context)
    local right, count = {}, 0
    for batch in batches do
      for _, part in ipairs(self.options.heard) do
        local embedding = context.embed_transformed(batch, ("the first %g s"):format(part), function(waveforms, rate)
          local last = math.max(1, math.floor(part * rate))
          return waveforms:slice(2, 1, last):pad(2, 0, waveforms:size(2) - last)
        end)
        right[part] = (right[part] or 0) + model(embedding):argmax(2):eq(batch.labels):sum():item()
      end
      count = count + #batch.labels
    end
    local results = {}
    for part, n in pairs(right) do results[("%g s"):format(part)] = n / count end
    return results
  end,
}
