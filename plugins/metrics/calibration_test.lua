local nj = require "nightjar"

describe("calibration", function()
  local function error_of(outputs, labels)
    local metric = nj.plugin("metric", "calibration").new()
    metric:start {}
    metric:update {
      outputs = outputs, predictions = outputs:argmax(2), labels = nj.tensor(labels, { dtype = "int32" }),
    }
    return metric:value()
  end

  it("is 0 for predictions that are certain and correct", function()
    expect(error_of(nj.tensor { { 50, 0 }, { 0, 50 } }, { 1, 2 })):to_be_close(0)
  end)

  it("is 1 for predictions that are certain and wrong", function()
    expect(error_of(nj.tensor { { 50, 0 }, { 0, 50 } }, { 2, 1 })):to_be_close(1)
  end)
end)
