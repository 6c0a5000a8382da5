local nj = require "nightjar"
local testing = require "nightjar.testing"

describe("reversed", function()
  local losses, context

  before_each(function()
    losses = {}
    context = {
      report = function() end,
      log = function(name, value)
        if name == "train loss" then table.insert(losses, value) end
      end,
    }
  end)

  it("lowers the loss, with and without clips played backwards", function()
    for _, part in ipairs { 0, 0.4 } do
      losses = {}
      local recipe = nj.plugin("recipe", "reversed").new { epochs = 30, lr = 0.03, part = part }
      recipe:train(testing.network(), testing.data(), context)
      expect(#losses):to_equal(30)
      expect(losses[30]):to_be_below(losses[1])
    end
  end)
end)
