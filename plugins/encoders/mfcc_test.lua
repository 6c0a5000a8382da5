local nj = require "nightjar"

describe("mfcc", function()
  local encoder

  before_each(function()
    encoder = nj.plugin("encoder", "mfcc").new()
    encoder:setup(16000)
  end)

  it("makes 20 coefficients every 5 ms", function()
    expect(encoder:encode(nj.randn { 2, 16000 })):to_have_shape(2, 200, 20)
  end)

  it("takes silence", function()
    expect(encoder:encode(nj.zeros { 1, 16000 })):to_be_finite()
  end)

  it("hears a louder clip in the first coefficient alone", function()
    local x = nj.randn { 1, 16000 } * 0.1
    local change = encoder:encode(x * 2) - encoder:encode(x)
    expect(change[{ {}, {}, 1 }]:min()):to_be_above(1)
    expect(change[{ {}, {}, { 2, 20 } }]:abs():max()):to_be_close(0, 0.01)
  end)

  it("takes the sound of a microphone away", function()
    local filtered = nj.plugin("encoder", "mfcc").new { normalize = "mean" }
    filtered:setup(16000)
    local x = nj.randn { 1, 16000 } * 0.1
    local y = filtered:encode(x)
    expect(y:mean(2):abs():max()):to_be_close(0, 1e-3)
    expect((filtered:encode(x * 2) - y):abs():max()):to_be_close(0, 0.02)
  end)
end)
