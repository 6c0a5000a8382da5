local nj = require "nightjar"

return nj.test {
  name = "truncated",
  summary = "Accuracy against the length that is audible: the first part of every clip, then silence",
  api = 1,
  options = { seconds = { default = { 0.4, 0.6, 0.8 }, help = "seconds of the clip before the silence" } },

  score = function(self, model, batch, context)
    local correct = {}
    for _, seconds in ipairs(self.options.seconds) do
      local name = ("%g s"):format(seconds)
      local embedding = context.embed_transformed(batch, name, function(waveforms, rate)
        local last = math.max(1, math.floor(seconds * rate))
        return waveforms:slice(2, 1, last):pad(2, 0, waveforms:size(2) - last)
      end)
      correct[name] = model(embedding):argmax(2):eq(batch.labels)
    end
    return correct
  end,
}
