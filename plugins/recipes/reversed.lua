local nj = require "nightjar"
local members = require "training.members"
local recordings = require "training.recordings"
local nn = nj.nn

-- A readout of a network's embedding with two classes for each word: forwards and backwards.
local function head(network, x)
  local embedding = nj.no_grad(function() return network:eval():features(x) end)
  local classes = network:readout(embedding):size(2)
  network:train()
  return nn.Linear(embedding:size(2), 2 * classes), classes
end

return nj.recipe {
  name = "reversed",
  summary = "As robust, with clips played backwards as words of their own, for words to come "
    .. "(after SAVC, Song et al. 2023, arXiv 2304.00426)",
  api = 1,
  options = recordings.options {
    part = { default = 0.33, min = 0, max = 0.9, help = "of every batch that is played backwards" },
  },

  train = function(self, model, data, context)
    local smoothing = { label_smoothing = self.options.label_smoothing }
    local example = data:batches({ split = "train", size = 1 })().features
    local networks, heads, classes = members(model), {}, nil
    for i, network in ipairs(networks) do heads[i], classes = head(network, example) end
    local trained = nn.Sequential { { "model", model }, { "heads", nn.Sequential(heads) } }
    return recordings.train(self, model, trained, data, context, function(x, labels)
      local count = math.floor(#x * self.options.part)
      local backwards = count > 0 and { x:slice(1, count + 1), x:slice(1, 1, count):flip(2) } or { x }
      local words, loss = labels:slice(1, count + 1), 0
      local all = count > 0 and nj.cat { words, labels:slice(1, 1, count) + classes } or labels
      for i, network in ipairs(networks) do
        local features = network:features(nj.cat(backwards))
        loss = loss + nj.loss.cross_entropy(heads[i](features), all, smoothing)
          + nj.loss.cross_entropy(network:readout(features:slice(1, 1, #words)), words, smoothing)
      end
      return loss
    end)
  end,
}
