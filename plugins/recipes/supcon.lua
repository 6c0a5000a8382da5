local nj = require "nightjar"
local augmentation = require "training.augmentation"
local contrast = require "training.contrast"
local readout = require "training.readout"
local training = require "training.loop"
local nn = nj.nn

return nj.recipe {
  name = "supcon",
  summary = "Supervised contrastive learning on two views a sample (Khosla et al. 2020, arXiv 2004.11362)",
  api = 1,
  options = training.options {
    temperature = { default = 0.1, min = 0.001 },
    projected = { default = 128, min = 1, help = "width of the projection that is contrasted" },
    masks = { default = 1, min = 1, help = "SpecAugment's, over time and over channels, drawn for each view" },
    mix_up = false,                            -- a mixed sample has no single class
  },

  train = function(self, model, data, context)
    local options, width = self.options, readout(model):size(2)
    local projection = { nn.Linear(width, width), nn.ReLU(), nn.Linear(width, options.projected) }
    local net = nn.Sequential { { "model", model }, { "projection", nn.Sequential(projection) } }
    training.run(self, net, data, context, function(_, batch)
      local views = augmentation.masked(nj.cat { batch.features, batch.features }, options.masks)
      local labels = nj.cat { batch.labels, batch.labels }
      local features = model:features(views)
      local loss = contrast(net.projection(features):normalize(), labels, options.temperature)
      return loss + nj.loss.cross_entropy(model:readout(features:detach()), labels)   -- trains the readout alone
    end)
    return model
  end,
}
