local nj = require "nightjar"
local testing = require "nightjar.testing"

describe("robust", function()
  local logged, context

  before_each(function()
    logged = {}
    context = {
      report = function() end,
      log = function(name, value)
        logged[name] = logged[name] or {}
        table.insert(logged[name], value)
      end,
    }
  end)

  it("lowers the loss", function()
    local recipe = nj.plugin("recipe", "robust").new { epochs = 30, lr = 0.03 }
    recipe:train(testing.network(), testing.data(), context)
    local losses = logged["train loss"]
    expect(#losses):to_equal(30)
    expect(losses[30]):to_be_below(losses[1])
  end)

  it("gives every member of a network a loss of its own", function()
    local Pair = nj.nn.module {
      init = function(self) self.member1, self.member2 = testing.network(), testing.network() end,
      forward = function(self, x) return self.member1(x) end,
    }
    local pair = Pair()
    local before = pair.member2:parameters()[1]:clone()
    nj.plugin("recipe", "robust").new({ epochs = 1 }):train(pair, testing.data(), context)
    expect(pair.member2:parameters()[1]).never:to_equal(before)
  end)

  it("changes the sound by its options alone", function()
    local waveforms = require "training.waveforms"
    local none = { shift = 0, speed = 0, gain = 0, noise = 0, babble = 0, rooms = 0, quietest = 35, loudest = 5 }
    local x = nj.randn { 4, 800 }
    expect(waveforms.augmentation(none)(x, 800)):to_equal(x)
    for _, name in ipairs { "shift", "speed", "gain", "noise", "babble", "rooms" } do
      local options = {}
      for key, value in pairs(none) do options[key] = value end
      options[name] = name == "gain" and 6 or 0.5
      if name == "noise" or name == "babble" or name == "rooms" then options[name] = 1 end
      local changed = waveforms.augmentation(options)(x, 800)
      expect(changed):to_have_shape(4, 800)
      expect(changed):to_be_finite()
      expect(changed).never:to_equal(x)
    end
  end)

  it("refuses a loudest noise that is quieter than the quietest", function()
    local recipe = nj.plugin("recipe", "robust").new { loudest = 36 }
    expect(function() recipe:train(testing.network(), testing.data(), context) end):to_raise "36 dB"
    recipe = nj.plugin("recipe", "robust").new { epochs = 1, loudest = 35, quietest = 35 }
    recipe:train(testing.network(), testing.data(), context)
  end)
end)
