local nj = require "nightjar"
local stages = require "residual.stages"
local nn = nj.nn

-- One network. Its embedding is the mean over time of the last stage, which its readout reads, and the standard
-- deviation of the stage before, which knows more of words that were not trained.
local Member = nn.module {
  name = "Member",
  init = function(self, options, is_normalized, task)
    local kernel = is_normalized and options.long or options.short
    local stem, list, widths = stages.build({ width = options.width, blocks = 1, kernel = kernel }, task)
    self.is_normalized, self.stem = is_normalized, stem
    self.first, self.second, self.last = nn.Sequential(list[1]), nn.Sequential(list[2]), nn.Sequential(list[3])
    self.dropout, self.output = nn.Dropout(options.dropout), nn.Linear(widths[3], task.classes)
    self.width, self.embedding = widths[3], widths[3] + widths[2]
  end,
  features = function(self, x)
    if self.is_normalized then x = x - x:mean(2, true) end
    local before = self.second(self.first(self.stem(x)))
    return nj.cat({ self.last(before):mean(2), (before:var(2, false, 0) + 1e-5):sqrt() }, 2)
  end,
  readout = function(self, f) return self.output(self.dropout(f:slice(2, 1, self.width))) end,
  forward = function(self, x) return self:readout(self:features(x)) end,
}

-- Both beside each other; the scores are the mean of theirs. training/members.lua finds them by name.
local Pair = nn.module {
  name = "Pair",
  init = function(self, options, task)
    self.member1, self.member2 = Member(options, false, task), Member(options, true, task)
  end,
  features = function(self, x) return nj.cat({ self.member1:features(x), self.member2:features(x) }, 2) end,
  readout = function(self, f)
    local width = self.member1.embedding
    return (self.member1:readout(f:slice(2, 1, width)) + self.member2:readout(f:slice(2, width + 1))) / 2
  end,
  forward = function(self, x) return self:readout(self:features(x)) end,
}

return nj.model {
  name = "resnet_pair",
  summary = "For recordings of people: two TC-ResNet8, one on the clip, one on what is left without the clip's mean",
  api = 1,
  encoder = "mfcc40",
  options = {
    width = { default = 2.0, min = 0.1, max = 64, help = "factor of TC-ResNet8's 16, 24, 32 and 48 channels" },
    short = { default = 5, min = 1, max = 999, help = "kernel of the network on the clip, an odd number" },
    long = { default = 9, min = 1, max = 999, help = "kernel of the network without the mean, an odd number" },
    dropout = { default = 0.1, min = 0, max = 0.9, help = "before the readouts" },
  },

  build = function(options, task) return Pair(options, task) end,
}
