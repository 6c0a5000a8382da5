local nj = require "nightjar"
local testing = require "nightjar.testing"

describe("cross_entropy", function()
  local losses, context

  before_each(function()
    losses = {}
    context = { report = function() end, log = function(_, loss) table.insert(losses, loss) end }
  end)

  it("lowers the loss", function()
    local recipe = nj.plugin("recipe", "cross_entropy").new { epochs = 20 }
    recipe:train(testing.network(), testing.data(), context)
    expect(#losses):to_equal(20)
    expect(losses[20]):to_be_below(losses[1])
  end)

  it("returns the model it was given, trained", function()
    local model = testing.network()
    local before = model:parameters()[1]:detach():clone()
    local trained = nj.plugin("recipe", "cross_entropy").new({ epochs = 1 }):train(model, testing.data(), context)
    expect(rawequal(trained, model)):to_be_true()
    expect(model:parameters()[1]:detach()).never:to_equal(before)
  end)
end)
