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

  it("computes the last step alone in evaluation, with the result of all steps", function()
    for _, setting in ipairs {
      { layers = 1, kernel = 1 }, { layers = 2, kernel = 3 }, { layers = 3, kernel = 9 }, { layers = 6, kernel = 2 },
    } do
      for _, time in ipairs { 40, 41, 64 } do
        local input = { input = { time = time, channels = 3 }, classes = 4 }
        local options = { channels = 4, kernel = setting.kernel, layers = setting.layers }
        local net = nj.plugin("model", "tcn").build(options, input)
        net(nj.randn { 8, time, 3 })             -- moves the running statistics
        net:eval()
        local x = nj.randn { 2, time, 3 }
        local every = net.embedder[1](x)
        expect(net.embedder(x)):to_be_close(every:select(2, -1))
      end
    end
  end)
end)
