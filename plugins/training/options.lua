-- The options of the loop with those of a recipe, which may replace one of them, or leave it out by false.
return function(own)
  local options = {
    epochs = { type = "integer", min = 1, help = "by default 12, 20 or 50, by the size of the data set" },
    batch = { type = "integer", min = 1, help = "by default 128, or 256 at paper size" },
    lr = { default = 0.01, min = 0 },
    weight_decay = { default = 1e-4, min = 0 },
    drop_at = { default = 0.4, min = 0.01, max = 1, help = "fraction of the epochs after which the rate drops" },
    drop_to = { default = 0.1, min = 0, max = 1, help = "the factor by which it drops" },
    masks = { default = 0, min = 0, help = "SpecAugment's, over time and over channels (arXiv 1904.08779)" },
    clip = { type = "number", min = 1e-6, help = "largest norm of gradients relative to weights (arXiv 2102.06171)" },
    mix_up = { type = "number", min = 1e-3, max = 10, help = "mix-up's alpha (arXiv 1710.09412)" },
  }
  for name, option in pairs(own) do options[name] = option or nil end
  return options
end
