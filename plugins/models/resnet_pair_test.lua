local nj = require "nightjar"

describe("resnet_pair", function()
  local task = { input = { time = 60, channels = 5 }, classes = 4 }
  local model

  before_each(function() model = nj.plugin("model", "resnet_pair").build({ width = 0.5 }, task):eval() end)

  it("embeds what two stages of both networks compute", function()
    expect(model:features(nj.randn { 2, 60, 5 })):to_have_shape(2, 2 * (24 + 16))
  end)

  it("scores by the mean of its networks", function()
    local x = nj.randn { 3, 60, 5 }
    expect(model(x)):to_be_close((model.member1(x) + model.member2(x)) / 2)
  end)

  it("hears the same behind another microphone with its second network alone", function()
    local x, microphone = nj.randn { 3, 60, 5 }, nj.randn { 1, 1, 5 }
    expect(model.member2(x + microphone)):to_be_close(model.member2(x), 1e-3)
    expect((model.member1(x + microphone) - model.member1(x)):abs():max()):to_be_above(1e-3)
  end)

  it("refuses an even kernel", function()
    expect(function() nj.plugin("model", "resnet_pair").build({ long = 8 }, task) end):to_raise("is not odd")
  end)
end)
