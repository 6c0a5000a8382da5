local nj = require "nightjar"

describe("forgetting", function()
  local metric

  -- The test of a session with two base words: predictions as given, where 1 and 2 are correct.
  local function test(session, predictions)
    metric:update {
      session = session,
      labels = nj.tensor({ 1, 2 }, { dtype = "int32" }),
      predictions = nj.tensor(predictions, { dtype = "int32" }),
    }
  end

  before_each(function()
    metric = nj.plugin("metric", "forgetting").new()
    metric:start { base_classes = 2 }
  end)

  it("is the fall from the best session to the last", function()
    test(0, { 1, 1 })                            -- half of them
    test(1, { 1, 2 })                            -- all
    test(2, { 3, 3 })                            -- none
    expect(metric:value()):to_equal(1)
  end)

  it("is 0 when nothing is forgotten", function()
    test(0, { 1, 2 })
    test(1, { 1, 2 })
    expect(metric:value()):to_equal(0)
  end)

  it("says so when there were no sessions", function()
    test(0, { 1, 2 })
    expect(function() metric:value() end):to_raise("nothing to measure")
  end)
end)
