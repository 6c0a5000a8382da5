local nj = require "nightjar"

describe("raw", function()
  it("is the waveform, with one channel", function()
    local encoder = nj.plugin("encoder", "raw").new()
    local waveforms = nj.randn { 2, 8000 }
    expect(encoder:setup(16000)):to_equal(8000)
    expect(encoder:encode(waveforms)):to_have_shape(2, 8000, 1)
    expect(encoder:encode(waveforms)[{ {}, {}, 1 }]):to_equal(waveforms)
  end)
end)
