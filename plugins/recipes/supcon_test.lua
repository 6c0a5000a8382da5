local nj = require "nightjar"
local testing = require "nightjar.testing"

describe("supcon", function()
  it("draws samples of a word together", function()
    local data, model = testing.data(), testing.network()
    local function spread()                      -- of a word's embeddings, relative to that of all
      local batch = data:batches({ split = "train", size = 15 })()
      local z = model:features(batch.features):detach():normalize()
      local own = 0
      for label = 1, 3 do own = own + z[batch.labels:eq(label)]:var(1):sum():item() end
      return own / z:var(1):sum():item()
    end
    local before = spread()
    local context = { log = function() end, report = function() end }
    nj.plugin("recipe", "supcon").new({ epochs = 20 }):train(model, data, context)
    model:eval()
    expect(spread()):to_be_below(before)
  end)
end)
