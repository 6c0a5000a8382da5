-- What the recipes share: options and the loop.
local nj = require "nightjar"
local augmentation = require "training.augmentation"
local clip = require "training.clipping"
local nn = nj.nn

local training = {}

-- What the reference run uses at each size of the data; the paper's own is the last.
local usual = {
  quick = { epochs = 12, batch = 128 },
  standard = { epochs = 20, batch = 128 },
  paper = { epochs = 50, batch = 256 },
}

-- A recipe's own options and those of the loop.
function training.options(own)
  local options = {
    epochs = { default = 0, min = 0, help = "0: what suits the size of the data (12, 20 or 50)" },
    batch = { default = 0, min = 0, help = "0: 128, or 256 at paper size" },
    lr = { default = 0.01, min = 0 },
    weight_decay = { default = 1e-4, min = 0 },
    drop_at = { default = 0.4, min = 0.01, max = 1, help = "share of the epochs after which the rate drops" },
    drop_to = { default = 0.1, min = 0, max = 1, help = "the factor by which it drops" },
    masks = { default = 0, min = 0, help = "SpecAugment's, over time and over channels (arXiv 1904.08779)" },
    clip = {
      default = 0.0, min = 0,
      help = "gradients are at most this share of their weights (arXiv 2102.06171); 0: any",
    },
    mix_up = { default = 0.0, min = 0, max = 10, help = "mix-up's alpha (arXiv 1710.09412); 0: none" },
  }
  for name, option in pairs(own) do options[name] = option end
  return options
end

-- Trains a network on the base words; loss(output, labels) is of what it gives. Each sample comes `views` times.
function training.run(recipe, net, data, context, loss, views)
  local o, mixed = recipe.options, nil
  local changed = nn.module {
    name = "changed",
    init = function(self) self.net = net end,
    forward = function(self, x)
      if views == 2 then x = nj.cat { x, x } end
      if o.masks > 0 then x = augmentation.masked(x, o.masks) end
      if (o.mix_up or 0) > 0 then
        x, mixed = augmentation.mixed(x, o.mix_up)
      end
      return self.net(x)
    end,
  }
  local epochs = o.epochs > 0 and o.epochs or usual[data.size].epochs
  local optimizer = nj.optim.Adam(net:parameters(), { lr = o.lr, weight_decay = o.weight_decay })
  nj.train {
    model = changed(),
    epochs = epochs,
    batches = data:batches {
      split = "train", size = o.batch > 0 and o.batch or usual[data.size].batch, shuffle = true,
    },
    optimizer = optimizer,
    schedule = nj.optim.StepLR(optimizer, {
      step_size = math.max(1, math.floor(o.drop_at * epochs + 0.5)), gamma = o.drop_to,
    }),
    loss = function(output, labels)
      local value = loss(output, labels)
      if not mixed then return value end
      return value * mixed.share + loss(output, labels:index_select(1, mixed.order)) * (1 - mixed.share)
    end,
    on_gradients = o.clip > 0 and function() clip(net:parameters(), o.clip) end or nil,
    on_epoch = function(epoch, value) context.log("train loss", value, epoch) end,
  }
end

-- The weight (classes, embedding) and the bias of a network's readout.
function training.readout(model)
  local parameters = model:parameters()
  local weight, bias = parameters[#parameters - 1], parameters[#parameters]
  if not weight or weight:dim() ~= 2 or bias:dim() ~= 1 or #weight ~= #bias then
    error("this recipe needs a network whose readout is a last nn.Linear with a bias", 0)
  end
  return weight, bias
end

return training
