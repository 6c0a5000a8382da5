local nj = require "nightjar"

describe("mfcc40", function()
  it("makes 40 coefficients every 10 ms, at any rate", function()
    for _, rate in ipairs { 8000, 16000, 48000 } do
      local encoder = nj.plugin("encoder", "mfcc40").new()
      encoder:setup(rate)
      local features = encoder:encode(nj.randn { 2, rate })
      expect(features):to_have_shape(2, 101, 40)
      expect(features):to_be_finite()
    end
  end)
end)
