local nj = require "nightjar"

describe("tcn", function()
  local task = { input = { time = 40, channels = 3 }, classes = 4 }
  local model

  before_each(function()
    model = nj.plugin("model", "tcn").build({ channels = 4, kernel = 2, layers = 2 }, task):eval()
  end)

  it("sees as far back as its receptive field, 1 + 2 (kernel − 1)(2^layers − 1) steps", function()
    local x = nj.randn { 1, 40, 3 }
    local before, inside = x:clone(), x:clone()
    before[{ {}, { 1, 33 } }] = 9
    inside[{ {}, 34 }] = 9
    expect(model(before)):to_be_close(model(x))
    expect(model(inside)).never:to_be_close(model(x))
  end)
end)
