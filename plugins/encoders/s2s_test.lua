local nj = require "nightjar"

describe("s2s", function()
  local encoder

  before_each(function()
    encoder = nj.plugin("encoder", "s2s").new()
    encoder:setup(16000)
  end)

  it("makes spikes: −1, 0 and 1", function()
    local spikes = encoder:encode(nj.randn { 2, 16000 })
    expect(spikes):to_equal(spikes:sign())
    expect(spikes:abs():sum()):to_be_above(0)
  end)

  it("has none in silence", function()
    expect(encoder:encode(nj.zeros { 1, 16000 }):abs():sum()):to_equal(0)
  end)
end)
