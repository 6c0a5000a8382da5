local nj = require "nightjar"
local nn = nj.nn
local testing = require "nightjar.testing"

describe("etf", function()
  it("refuses an embedding that is too narrow for a simplex", function()
    local narrow = nn.Sequential { nn.Flatten(), nn.Linear(20, 3), nn.Linear(3, 7) }
    local recipe = nj.plugin("recipe", "etf").new { epochs = 1 }
    expect(function() recipe:train(narrow, testing.data(), { log = function() end, report = function() end }) end)
      :to_raise("at least as many numbers, not 3")
  end)

  it("lowers the loss", function()
    local losses = {}
    local context = { report = function() end, log = function(_, loss) table.insert(losses, loss) end }
    nj.plugin("recipe", "etf").new({ epochs = 10 }):train(testing.network(), testing.data(), context)
    expect(losses[10]):to_be_below(losses[1])
  end)
end)
