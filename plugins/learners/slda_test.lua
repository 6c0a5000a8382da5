local nj = require "nightjar"
local testing = require "nightjar.testing"

describe("slda", function()
  it("has the same scores whether samples of a word come at once or one after another", function()
    local x = nj.randn { 10, 3 }
    local labels = { 1, 1, 1, 1, 1, 2, 2, 2, 2, 2 }
    local base = testing.samples { features = x, labels = labels }
    local once = nj.plugin("learner", "slda").new()
    once:start(base)

    local streaming = nj.plugin("learner", "slda").new()
    local odd = nj.tensor({ 1, 3, 6, 8, 10 }, { dtype = "int32" })
    local even = nj.tensor({ 2, 4, 5, 7, 9 }, { dtype = "int32" })
    streaming:start(testing.samples { features = x:index_select(1, odd), labels = { 1, 1, 2, 2, 2 } })
    streaming:learn(testing.samples { features = x:index_select(1, even), labels = { 1, 1, 1, 2, 2 } })
    expect(streaming:scores(x)):to_be_close(once:scores(x), 1e-3)
  end)
end)
